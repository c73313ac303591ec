"""`actions/...` on records: change of owner, tags; and the tags of a module."""

from collections.abc import Callable

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.org import Tag
from bigin_sync.emulator.records import batch_reply, writer_for
from bigin_sync.emulator.replies import ApiError, ItemError, Reply, invalid_id, nothing, success, too_many_ids
from bigin_sync.emulator.settings_routes import asked_module
from bigin_sync.emulator.validate import id_in

TAGGED_MAX = 500


def change_owner(ask: Ask) -> Reply:
    """`POST /{module}[/{id}]/actions/change_owner` with `owner: {id}` and, without an id in the path, `ids`.

    CRM answers for one record with its result alone (description of 2026, which has no room for more); Bigin, and CRM
    for several records, with a result for each under `data` (description of 2025).
    """
    module, body = ask.module(), ask.json_body()
    owner = ask.org.users.get(id_in(body.get("owner")) or "")
    if owner is None or owner.status != "active":
        raise ApiError("INVALID_DATA", "invalid data", details={"api_name": "owner", "json_path": "$.owner"})
    writer = writer_for(ask, module)
    results: list[dict[str, object] | ItemError] = []
    for record_id in _ids(ask, body.get("ids")):
        row = ask.org.live(module.api_name, record_id)
        if row is None:
            results.append(invalid_id("$.ids"))
            continue
        writer.write(row, {"Owner": owner.id})
        ask.written.append((module.api_name, row.id))
        results.append(success("owner is successfully updated", details={"id": row.id}))
    reply = batch_reply(ask.org, results, fine=200)
    if ask.org.product == "crm" and len(results) == 1:
        (only,) = results
        return Reply(reply.status, only.result() if isinstance(only, ItemError) else only)
    return reply


def add_tags(ask: Ask) -> Reply:
    """`POST /{module}[/{id}]/actions/add_tags`: missing tags are made; `over_write` drops the others."""
    body = ask.json_body()
    added = [ask.org.tag_named(ask.module().api_name, name).id for name in _names(body.get("tags"))]
    keep = not body.get("over_write", False)
    return _retag(ask, lambda held: list(dict.fromkeys([*(held if keep else []), *added])))


def remove_tags(ask: Ask) -> Reply:
    """`POST /{module}[/{id}]/actions/remove_tags`."""
    gone = {ask.org.tag_named(ask.module().api_name, name).id for name in _names(ask.json_body().get("tags"))}
    return _retag(ask, lambda held: [one for one in held if one not in gone])


def _retag(ask: Ask, change: Callable[[list[str]], list[str]]) -> Reply:
    module = ask.module()
    writer = writer_for(ask, module)
    results: list[dict[str, object] | ItemError] = []
    for record_id in _ids(ask, ask.json_body().get("ids")):
        row = ask.org.live(module.api_name, record_id)
        if row is None:
            results.append(invalid_id("$.ids"))
            continue
        held = row.values.get("Tag")
        tags = change([str(one) for one in held] if isinstance(held, list) else [])
        writer.write(row, {"Tag": tags or None})
        names = [ask.org.tags[one].name for one in tags]
        results.append(success("tags updated successfully", details={"id": row.id, "tags": names}))
    return batch_reply(ask.org, results, fine=200)


def list_tags(ask: Ask) -> Reply:
    """`GET /settings/tags?module=`."""
    module = asked_module(ask)
    tags = [one for one in ask.org.tags.values() if one.module == module.api_name]
    if not tags:
        return nothing()
    shown = [{"id": one.id, "name": one.name, "color_code": one.color_code} for one in tags]
    return Reply(200, {"tags": shown, "info": {"count": len(shown), "allowed_count": 100}})


def create_tags(ask: Ask) -> Reply:
    """`POST /settings/tags?module=`."""
    module = asked_module(ask)
    results = []
    for one in ask.members("tags"):
        name = one.get("name")
        if not isinstance(name, str) or not name:
            raise ApiError("MANDATORY_NOT_FOUND", "required field not found", details={"api_name": "name"})
        known = any(tag.module == module.api_name and tag.name == name for tag in ask.org.tags.values())
        if known:
            error = ItemError("DUPLICATE_DATA", "tag with same name already exists", details={"api_name": "name"})
            results.append(error.result())
            continue
        made = Tag(ask.org.ids.setting(), name, module.api_name)
        ask.org.tags[made.id] = made
        results.append(success("tags created successfully", details={"id": made.id, "name": name}))
    fine = all(one["status"] == "success" for one in results)
    return Reply(201 if fine else 400, {"tags": results})


def _names(given: object) -> list[str]:
    names = [one.get("name") if isinstance(one, dict) else one for one in given] if isinstance(given, list) else []
    wanted = [one for one in names if isinstance(one, str) and one]
    if not wanted:
        raise ApiError("MANDATORY_NOT_FOUND", "required field not found", details={"api_name": "tags"})
    return wanted


def _ids(ask: Ask, given: object) -> list[str]:
    if "id" in ask.parts:
        return [ask.parts["id"]]
    ids = [str(one) for one in given] if isinstance(given, list) else ask.listed("ids")
    if not ids:
        details = {"api_name": "ids", "json_path": "$.ids"}
        raise ApiError("MANDATORY_NOT_FOUND", "required field not found", details=details)
    if len(ids) > TAGGED_MAX:
        raise too_many_ids("api_name", TAGGED_MAX)
    return ids
