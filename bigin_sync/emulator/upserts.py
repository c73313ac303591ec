"""Upserts: which existing record a sent one means, by duplicate fields in their order.

Zoho CRM v8, "Upsert Records". Nothing named: the system's field, then the unique ones. Only unique fields named: those,
then the other unique ones; the system's field finds nothing then. An empty value finds nothing.
"""

from collections.abc import Mapping

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.metadata import FieldDef, ModuleDef
from bigin_sync.emulator.records import Writer, batch_reply, row_of, writer_for
from bigin_sync.emulator.replies import ApiError, ItemError, Reply, success
from bigin_sync.emulator.rights import may
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.validate import Place

_WITHOUT = frozenset({"Notes", "Associated_Products"})


def upsert_all(ask: Ask) -> Reply:
    """`POST /{module}/upsert`; 200 even where it inserted, as both products were seen to answer."""
    module = ask.module()
    if module.api_name in _WITHOUT:
        raise ApiError("NOT_SUPPORTED", "upsert is not supported for this module", details={"module": module.api_name})
    keys = check_fields(module, ask.json_body().get("duplicate_check_fields"))
    writer = writer_for(ask, module)
    results: list[dict[str, object] | ItemError] = []
    for index, item in enumerate(ask.members("data")):
        try:
            results.append(_upsert(ask, writer, item, keys=keys, place=Place(index)))
        except ItemError as error:
            results.append(error)
    return batch_reply(ask.org, results, fine=200)


def check_fields(module: ModuleDef, named: object) -> tuple[FieldDef, ...]:
    """The fields to look for a duplicate by, in order. Raises `ApiError` if one named is no duplicate field."""
    # Zoho CRM v8, "Upsert Records": external fields find no tasks, events and calls.
    unique = tuple(one for one in module.unique_fields() if one.unique or not module.activity)
    own = module.fields.get(module.duplicate_field) if module.duplicate_field is not None else None
    if named is None or named == []:
        first = (own,) if own is not None else ()
        return _distinct((*first, *unique))
    if not isinstance(named, list):
        raise _unfit("duplicate_check_fields")
    allowed = {one.api_name: one for one in _distinct((*unique, *((own,) if own is not None else ())))}
    wanted: list[FieldDef] = []
    for name in named:
        if name not in allowed:
            raise _unfit(str(name))
        wanted.append(allowed[name])
    rest = [one for one in unique if one is not own]
    return _distinct((*wanted, *rest))


def _distinct(fields: tuple[FieldDef, ...]) -> tuple[FieldDef, ...]:
    return tuple({one.api_name: one for one in fields}.values())


def _unfit(name: str) -> ApiError:
    return ApiError(
        "INVALID_DATA",
        "the duplicate check field given seems to be invalid",
        details={"api_name": name, "json_path": "$.duplicate_check_fields"},
    )


def _upsert(
    ask: Ask, writer: Writer, item: Mapping[str, object], *, keys: tuple[FieldDef, ...], place: Place
) -> dict[str, object]:
    module = writer.module
    if item.get("id") is not None:
        found: Row | None = row_of(ask.org, module, item, place=place)
        by: str | None = "id"
    else:
        found, by = _match(ask, module, item, keys=keys)
    if found is not None and not may(ask.user.profile, "UPDATE", module.api_name):
        raise ItemError("NO_PERMISSION", "permission denied", details={"api_name": "id", "json_path": place.path("id")})
    row = writer.insert(item, place=place) if found is None else writer.update(found, item, place=place)
    added = found is None
    ask.written.append((module.api_name, row.id))
    message = "record added" if added else "record updated"
    action = "insert" if added else "update"
    return success(message, details=writer.details(row, added=added), action=action, duplicate_field=by)


def _match(
    ask: Ask, module: ModuleDef, item: Mapping[str, object], *, keys: tuple[FieldDef, ...]
) -> tuple[Row | None, str | None]:
    table = ask.org.tables[module.api_name]
    for field in keys:
        value = item.get(field.api_name)
        if isinstance(value, str) and value:
            found = table.find(field.api_name, value)
            if found:
                return table.rows[found[0]], field.api_name
    return None, None
