"""Deleting records, listing what was deleted, and bringing it back from the recycle bin."""

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.record_input import check_unique
from bigin_sync.emulator.records import batch_reply
from bigin_sync.emulator.recycle_bin import Gone
from bigin_sync.emulator.replies import (
    ApiError,
    ItemError,
    Reply,
    ambiguous,
    missing_param,
    not_json_array,
    nothing,
    pattern_not_matched,
    success,
    too_many_ids,
)
from bigin_sync.emulator.rights import may
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.users import User
from bigin_sync.emulator.validate import Place
from bigin_sync.emulator.wire import name_of, show_time, zone_of

_MOST_IDS = 100
_MOST_RESTORED = 200
_WAYS_TO_NAME = ("ids", "filters", "restore_all_records")
_CHILDREN = (
    ("Notes", "Parent_Id"),
    ("Tasks", "What_Id"),
    ("Events", "What_Id"),
    ("Calls", "What_Id"),
    ("Tasks", "Related_To"),
    ("Events", "Related_To"),
    ("Calls", "Related_To"),
)


def delete_many(ask: Ask) -> Reply:
    """`DELETE /{module}?ids=a,b`, at most 100."""
    ids = ask.listed("ids")
    if not ids:
        raise missing_param("ids")
    if len(ids) > _MOST_IDS:
        raise too_many_ids("param_name", _MOST_IDS)
    return delete_from(ask, ask.module(), ids)


def delete_one(ask: Ask) -> Reply:
    """`DELETE /{module}/{id}`."""
    return delete_from(ask, ask.module(), [ask.parts["id"]])


def delete_from(ask: Ask, module: ModuleDef, ids: list[str]) -> Reply:
    """Deletes records of a module and answers for each of them."""
    results: list[dict[str, object] | ItemError] = []
    for record_id in ids:
        if delete_record(ask.org, module, record_id, by=ask.user):
            ask.written.append((module.api_name, record_id))
            results.append(success("record deleted", details={"id": record_id}))
        else:
            results.append(_unknown(record_id))
    return batch_reply(ask.org, results, fine=200)


def _unknown(record_id: str) -> ItemError:
    return ItemError("INVALID_DATA", "the id given seems to be invalid", details={"id": record_id})


def delete_record(org: Org, module: ModuleDef, record_id: str, *, by: User, along_with: str | None = None) -> bool:
    """Moves a live record to the bin, with its notes and activities; False if there is no such record.

    Where the org's switch says so, a company takes its contacts along.
    """
    row = org.tables[module.api_name].take(record_id)
    if row is None:
        return False
    name = name_of(org, module.api_name, row)
    org.bin.drop(
        Gone(
            id=record_id,
            module=module.api_name,
            name=None if name is None else str(name),
            deleted=org.now(),
            deleted_by=by.id,
            created_by=row.created_by,
            row=row,
            along_with=along_with,
        )
    )
    for child_module, child_id in _children(org, module.api_name, record_id):
        delete_record(org, org.modules[child_module], child_id, by=by, along_with=along_with or record_id)
    return True


def _children(org: Org, module: str, record_id: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for child_module, field in _CHILDREN:
        table = org.tables[child_module]
        if field in org.modules[child_module].fields:
            hits = table.find(field, record_id)
            found += [(child_module, one) for one in hits if table.rows[one].values.get("$se_module") == module]
    if module == "Accounts" and org.switches.company_delete_cascades:
        found += [("Contacts", one) for one in org.tables["Contacts"].find("Account_Name", record_id)]
    return found


def list_deleted(ask: Ask) -> Reply:
    """`GET /{module}/deleted`: the latest first; `If-Modified-Since` compares the time of deletion."""
    module, now = ask.module(), ask.org.now()
    kind = ask.params.get("type", "all")
    if kind not in {"all", "recycle", "permanent"}:
        raise pattern_not_matched("type")
    since = ask.time_header("if-modified-since") if ask.org.switches.modified_since else None
    gone = ask.org.bin.listed(module.api_name, since=since, now=now)
    wanted = [one for one in gone if kind in {"all", one.kind(now)}]
    page, size = ask.page(), ask.per_page()
    start = (page - 1) * size
    shown = [_show(ask, one, now=now) for one in wanted[start : start + size]]
    if not shown:
        return nothing()
    info = {"per_page": size, "count": len(shown), "page": page, "more_records": len(wanted) > start + size}
    return Reply(200, {"data": shown, "info": info})


def _show(ask: Ask, gone: Gone, *, now: int) -> dict[str, object]:
    return {
        "deleted_by": _person(ask.org, gone.deleted_by),
        "id": gone.id,
        "display_name": gone.name,
        "type": gone.kind(now),
        "created_by": _person(ask.org, gone.created_by),
        "deleted_time": show_time(gone.deleted, zone_of(ask.org, ask.user)),
    }


def list_bin(ask: Ask) -> Reply:
    """`GET /settings/recycle_bin`: all that can still be brought back, of the modules that the caller may see."""
    now = ask.org.now()
    kept = [one for one in ask.org.bin.everything() if one.kind(now) == "recycle" and _sees(ask, one)]
    page, size = ask.page(), ask.per_page()
    shown = [_in_bin(ask, one) for one in kept[(page - 1) * size : page * size]]
    if not shown:
        return nothing()
    info = {"per_page": size, "count": len(shown), "page": page, "more_records": len(kept) > page * size}
    return Reply(200, {"recycle_bin": shown, "info": info})


def _sees(ask: Ask, gone: Gone) -> bool:
    return may(ask.user.profile, "READ", gone.module)


def _in_bin(ask: Ask, gone: Gone) -> dict[str, object]:
    return {
        "id": gone.id,
        "display_name": gone.name,
        "deleted_by": _person(ask.org, gone.deleted_by),
        "deleted_time": show_time(gone.deleted, zone_of(ask.org, ask.user)),
        "owner": None if gone.row is None else _person(ask.org, gone.row.values.get("Owner")),
        "module": gone.module,
    }


def _person(org: Org, user_id: object) -> dict[str, object] | None:
    found = org.users.get(str(user_id))
    return None if found is None else found.ref()


def restore_one(ask: Ask) -> Reply:
    """`POST /settings/recycle_bin/{id}/actions/restore`."""
    return _restore(ask, [ask.parts["id"]])


def restore_many(ask: Ask) -> Reply:
    """`POST /settings/recycle_bin/actions/restore`, at most 200 `ids` in the body.

    Two more ways to say what is meant, `filters` and `restore_all_records`, are refused: they are not emulated.
    """
    given = [name for name in _WAYS_TO_NAME if name in ask.json_body()]
    if len(given) > 1:
        raise ambiguous("api_name", given)
    if given and given != ["ids"]:
        raise ApiError("NOT_SUPPORTED", f"{given[0]} is not emulated", details={"api_name": given[0]})
    ids = ask.json_body().get("ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        raise not_json_array("ids")
    if len(ids) > _MOST_RESTORED:
        raise too_many_ids("api_name", _MOST_RESTORED)
    return _restore(ask, ids)


def _restore(ask: Ask, ids: list[str]) -> Reply:
    """Answers for each record; where none came back, with the first refusal alone."""
    results: list[dict[str, object]] = []
    refused: list[ItemError] = []
    for record_id in ids:
        gone = ask.org.bin.found(record_id)
        try:
            if gone is not None and not _sees(ask, gone):
                raise _unknown(record_id)
            restore_record(ask.org, record_id)
            results.append(success("record restored successfully", details={"id": record_id}))
        except ItemError as error:
            refused.append(error)
            results.append(error.result())
    if len(refused) == len(results):
        return Reply(ask.org.switches.failed_status, refused[0].result())
    return Reply(ask.org.switches.mixed_status if refused else 200, {"recycle_bin": results})


def restore_record(org: Org, record_id: str) -> Row:
    """Brings a record back from the bin with what went along with it. Raises `ItemError`.

    It leaves the list of deleted records; whether its Modified_Time moves is a switch.
    """
    gone = org.bin.found(record_id)
    now = org.now()
    if gone is None or gone.row is None or gone.kind(now) != "recycle":
        raise _unknown(record_id)
    row = gone.row
    check_unique(org, org.modules[gone.module], row.values, row=row, place=Place(0))
    if org.switches.restore_moves_modified:
        row.modified = now
    _put_back(org, gone.module, row)
    for child in org.bin.taken_along(record_id):
        if child.row is not None:
            _put_back(org, child.module, child.row)
    return row


def _put_back(org: Org, module: str, row: Row) -> None:
    org.bin.lift(module, row.id)
    org.index_later(module, row.id, before=None)
    org.tables[module].put(row)
