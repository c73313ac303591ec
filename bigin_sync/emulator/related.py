"""Related lists: what hangs on a record by a lookup, and what is linked to it freely."""

from collections.abc import Mapping
from itertools import islice

from bigin_sync.emulator import wire
from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.deletions import delete_from
from bigin_sync.emulator.dollar_keys import module_word
from bigin_sync.emulator.listing import fields_required, in_order, info, page_of, wish_of
from bigin_sync.emulator.metadata import ModuleDef, RelatedListDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.records import batch_reply, insert_into, update_in
from bigin_sync.emulator.replies import ApiError, ItemError, Reply, invalid_url, missing_param, nothing, success
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.validate import id_in

_TO_PARENT = ("What_Id", "Related_To")
_TO_CONTACT = ("Who_Id", "Contact_Name")


def list_related_records(ask: Ask) -> Reply:
    """`GET /{module}/{id}/{related_list}`: sorted, cut by `If-Modified-Since`, and in pages as lists are.

    204 where nothing is left, also since that time: no 304 is described here. `converted` has nothing to say, as
    nothing in this org was ever converted.
    """
    module, listed = _asked(ask)
    needed = fields_required(ask) and listed.module != "Notes"
    wish = wish_of(ask, ask.org.modules[listed.module], fields_needed=needed)
    rows = related_rows(ask.org, module, listed, record_id=ask.parts["id"])
    layout = ask.params.get("pipeline_id")
    if layout is not None and listed.module == "Pipelines":
        rows = [row for row in rows if row.values.get("Pipeline") == layout]
    ids = set(ask.listed("ids"))
    rows = [row for row in rows if not ids or row.id in ids]
    part, more = page_of(islice(in_order(rows, wish), wish.here.skip, None), wish)
    if not part:
        return nothing()
    shown = [_shown(ask, module, listed, row=row, fields=wish.fields) for row in part]
    return Reply(200, {"data": shown, "info": info(ask, wish, rows=part, more=more)})


def _shown(
    ask: Ask, module: ModuleDef, listed: RelatedListDef, *, row: Row, fields: tuple[str, ...] | None
) -> dict[str, object]:
    other = ask.org.modules[listed.module]
    shown = wire.render(ask.org, other, row, fields=fields, user=ask.user, version=ask.version)
    if listed.api_name == "Contact_Roles" or (listed.module == "Pipelines" and module.api_name == "Contacts"):
        facts = ask.org.links.facts((module.api_name, ask.parts["id"]), (other.api_name, row.id))
        shown["Contact_Role"] = facts.get("Contact_Role")
    return shown


def related_rows(org: Org, module: ModuleDef, listed: RelatedListDef, *, record_id: str) -> list[Row]:
    """The live records of one related list of one record, in no order."""
    table = org.tables[listed.module]
    other = org.modules[listed.module]
    if listed.via is None:
        near = org.links.of(module.api_name, record_id, listed.module)
        return [table.rows[one] for one in near if one in table.rows]
    if not other.activity and other.api_name != "Notes":
        return [table.rows[one] for one in table.find(listed.via, record_id)]
    found: dict[str, Row] = {}
    for name in ("Parent_Id", *_TO_PARENT):
        if name in other.fields:
            hits = (table.rows[one] for one in table.find(name, record_id))
            found |= {row.id: row for row in hits if row.values.get("$se_module") == module.api_name}
    if module.api_name == "Contacts" and other.activity:
        for name in _TO_CONTACT:
            if name in other.fields:
                found |= {one: table.rows[one] for one in table.find(name, record_id)}
    return list(found.values())


def link_many(ask: Ask) -> Reply:
    """`PUT /{module}/{id}/{related_list}` with ids in the body."""
    return _link(ask, ask.members("data"))


def link_one(ask: Ask) -> Reply:
    """`PUT /{module}/{id}/{related_list}/{related id}`."""
    body = ask.json_body().get("data")
    facts = body[0] if isinstance(body, list) and body and isinstance(body[0], dict) else {}
    return _link(ask, [{**facts, "id": ask.parts["other"]}])


def _link(ask: Ask, items: list[dict[str, object]]) -> Reply:
    module, listed = _free_list(ask)
    record_id = ask.parts["id"]
    results: list[dict[str, object] | ItemError] = []
    for index, item in enumerate(items):
        other_id = id_in(item.get("id"))
        if other_id is None or ask.org.live(listed.module, other_id) is None:
            results.append(_unknown(index))
            continue
        facts = {name: value for name, value in item.items() if name != "id"}
        fresh = ask.org.links.join((module.api_name, record_id), (listed.module, other_id), facts=facts)
        _moved(ask, module, record_id)
        results.append(success("relation added" if fresh else "relation updated", details={"id": other_id}))
    return batch_reply(ask.org, results, fine=200)


def unlink_many(ask: Ask) -> Reply:
    """`DELETE /{module}/{id}/{related_list}?ids=`."""
    ids = ask.listed("ids")
    if not ids:
        raise ApiError("MANDATORY_NOT_FOUND", "required param not found", details={"param_name": "ids"})
    return _unlink(ask, ids)


def unlink_one(ask: Ask) -> Reply:
    """`DELETE /{module}/{id}/{related_list}/{related id}`."""
    return _unlink(ask, [ask.parts["other"]])


def _unlink(ask: Ask, ids: list[str]) -> Reply:
    module, listed = _free_list(ask)
    record_id = ask.parts["id"]
    results: list[dict[str, object] | ItemError] = []
    for index, other_id in enumerate(ids):
        if ask.org.links.part((module.api_name, record_id), (listed.module, other_id)):
            _moved(ask, module, record_id)
            results.append(success("relation removed", details={"id": other_id}))
        else:
            results.append(_unknown(index))
    return batch_reply(ask.org, results, fine=200)


def _unknown(index: int) -> ItemError:
    details = {"api_name": "id", "json_path": f"$.data[{index}].id"}
    return ItemError("INVALID_DATA", "the related id given seems to be invalid", details=details)


def _moved(ask: Ask, module: ModuleDef, record_id: str) -> None:
    row = ask.org.live(module.api_name, record_id)
    if row is not None and ask.org.switches.link_moves_modified:
        ask.org.tables[module.api_name].touch(row, modified=ask.org.now(), modified_by=ask.user.id)


def _asked(ask: Ask) -> tuple[ModuleDef, RelatedListDef]:
    module = ask.module()
    name = ask.parts["related"]
    for listed in module.related_lists:
        if listed.api_name == name:
            return module, listed
    raise ApiError("INVALID_DATA", "the relation name given seems to be invalid", details={"resource_path_index": 2})


def _free_list(ask: Ask) -> tuple[ModuleDef, RelatedListDef]:
    module, listed = _asked(ask)
    if listed.via is not None:
        raise invalid_url()
    if ask.org.live(module.api_name, ask.parts["id"]) is None:
        # Bigin was seen to answer an unknown parent with an internal error.
        if ask.org.product == "bigin":
            raise ApiError("INTERNAL_ERROR", "Internal server error occurred.", status=500)
        raise ApiError("INVALID_DATA", "the id given seems to be invalid", details={"resource_path_index": 1})
    return module, listed


def add_notes(ask: Ask) -> Reply:
    """`POST /{module}/{id}/Notes`: the parent comes from the path."""
    items = [_with_parent(ask, one) for one in ask.members("data")]
    return insert_into(ask, ask.org.module("Notes"), items=items)


def change_notes(ask: Ask) -> Reply:
    """`PUT /{module}/{id}/Notes` and `PUT /{module}/{id}/Notes/{note id}`."""
    items = [dict(one) for one in ask.members("data")]
    if "other" in ask.parts:
        items = [{**items[0], "id": ask.parts["other"]}]
    return update_in(ask, ask.org.module("Notes"), items=items)


def delete_notes(ask: Ask) -> Reply:
    """`DELETE /{module}/{id}/Notes?ids=` and `DELETE /{module}/{id}/Notes/{note id}`."""
    ids = [ask.parts["other"]] if "other" in ask.parts else ask.listed("ids")
    if not ids:
        raise missing_param("ids")
    return delete_from(ask, ask.org.module("Notes"), ids)


def _with_parent(ask: Ask, item: Mapping[str, object]) -> dict[str, object]:
    return {**item, "Parent_Id": {"id": ask.parts["id"]}, "$se_module": module_word(ask.org, ask.module().api_name)}
