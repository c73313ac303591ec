"""How a stored row is shown: keys in the servers' order, explicit nulls, times in the caller's own zone.

What to show of a module is worked out once per list of fields and kept, so that a page of 200 rows costs little.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bigin_sync.emulator.derived import DERIVED, Derive
from bigin_sync.emulator.dollar_keys import ON_REQUEST, dollar_keys
from bigin_sync.emulator.java_order import Ready, key_order, ordered, ready
from bigin_sync.emulator.metadata import PERSON_TYPES, FieldDef, ModuleDef
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.users import User

Show = Callable[[Row], object]
Shape = list[tuple[str, Show | None, object]]
"""Key, what shows it, and what stands there without a value. Most fields are shown as stored and need no function."""
NEWEST = 8
_KEPT_SHAPES = 256
_DAY_FIELDS = {"Start_DateTime": "T00:00:00+00:00", "End_DateTime": "T23:59:59+00:00"}


def render(
    org: Org,
    module: ModuleDef,
    row: Row,
    *,
    fields: Sequence[str] | None = None,
    user: User | None = None,
    version: int = NEWEST,
) -> dict[str, object]:
    """One record as the API shows it.

    fields: api_names asked for; `id` is always added, unknown names are dropped without a word; `None` shows
    everything, `$` keys included. user: whose time zone to write times in, else the org's.
    """
    shape = _shape(org, module, fields, user=user, version=version)
    return _shown(row, shape)


def render_all(
    org: Org,
    module: ModuleDef,
    rows: Iterable[Row],
    *,
    fields: Sequence[str] | None = None,
    user: User | None = None,
    version: int = NEWEST,
) -> Ready:
    """Many records of one module, as `render` shows each."""
    shape = _shape(org, module, fields, user=user, version=version)
    return ready(_shown(row, shape) for row in rows)


def _shown(row: Row, shape: Shape) -> dict[str, object]:
    get = row.values.get
    return {key: get(key, nothing) if show is None else show(row) for key, show, nothing in shape}


def value(org: Org, module: ModuleDef, row: Row, field: FieldDef, *, user: User | None = None) -> object:
    """One value as the API shows it."""
    show = _shower(org, module, field, zone=zone_of(org, user))
    return row.values.get(field.api_name, field.nothing) if show is None else show(row)


def zone_of(org: Org, user: User | None) -> str:
    """The name of the zone that times are shown in to this person."""
    return user.zone if user is not None else org.facts.zone


def show_time(epoch: int, zone: str) -> str:
    """Epoch seconds as `YYYY-MM-DDThh:mm:ss+hh:mm` in that zone."""
    return datetime.fromtimestamp(epoch, ZoneInfo(zone)).isoformat()


def name_of(org: Org, module: str, row: Row) -> object:
    """What stands for a record wherever only its name is shown."""
    field = org.modules[module].name_field
    derived = DERIVED.get((module, field))
    return derived(org, row) if derived is not None else row.values.get(field)


def reference(org: Org, module: str, record_id: object) -> dict[str, object] | None:
    """A lookup as the API shows it; `None` when there is no such live record."""
    target = org.live(module, record_id)
    if target is None:
        return None
    return {"name": name_of(org, module, target), "id": target.id}


def _shape(org: Org, module: ModuleDef, fields: Sequence[str] | None, *, user: User | None, version: int) -> Shape:
    zone = zone_of(org, user)
    asked = None if fields is None else tuple(fields)
    key = (module.api_name, asked, zone, version, org.revision)
    kept = org.shapes.get(key)
    if kept is not None:
        return kept
    if len(org.shapes) >= _KEPT_SHAPES:
        org.shapes.clear()
    shape = _plan(org, module, asked, zone=zone, version=version)
    org.shapes[key] = shape
    return shape


def _plan(org: Org, module: ModuleDef, asked: tuple[str, ...] | None, *, zone: str, version: int) -> Shape:
    dollars = dollar_keys(org, module, version=version)
    if asked is None:
        names = ["id", *(field.api_name for field in module.fields.values() if field.shown_unasked), *dollars]
    else:
        listed = {field.api_name for field in module.fields.values() if field.listed and not field.write_only}
        known = [name for name in asked if name in listed or (name in ON_REQUEST and name in dollars)]
        names = list(dict.fromkeys(["id", *known]))
    shape: Shape = []
    for name in key_order(tuple(names)):
        if name == "id":
            shape.append((name, _show_id, None))
        elif name in dollars:
            shape.append((name, dollars[name], None))
        elif name == "Parent_Id" and org.product == "crm" and version > 2:
            shape.append((name, _parent(org), None))
        else:
            field = module.fields[name]
            shape.append((name, _shower(org, module, field, zone=zone), field.nothing))
    return shape


def _show_id(row: Row) -> object:
    return row.id


def _shower(org: Org, module: ModuleDef, field: FieldDef, *, zone: str) -> Show | None:
    name = field.api_name
    audit = _audit(org, name, zone)
    if audit is not None:
        return audit
    derived = DERIVED.get((module.api_name, name))
    if derived is not None:
        return _derived(org, derived, zone)
    if name == "Tag":
        return _tags(org)
    if field.data_type in PERSON_TYPES:
        return _person(org, name)
    if field.lookup is not None:
        return _lookup(org, name, field.lookup)
    if field.data_type == "datetime":
        return _time(name, zone)
    return None


def _audit(org: Org, name: str, zone: str) -> Show | None:
    times = _Times(zone)
    people = {user.id: user.full_ref() for user in org.users.values()}
    if name == "Created_Time":
        return lambda row: times[row.created]
    if name == "Modified_Time":
        return lambda row: times[row.modified]
    if name == "Created_By":
        return lambda row: people.get(row.created_by)
    if name == "Modified_By":
        return lambda row: people.get(row.modified_by)
    return None


def _person(org: Org, name: str) -> Show:
    people = {user.id: user.full_ref() for user in org.users.values()}
    return lambda row: people.get(str(row.values.get(name)))


def _lookup(org: Org, name: str, module: str) -> Show:
    if module == "se_module":
        return lambda row: reference(org, str(row.values.get("$se_module")), row.values.get(name))
    return lambda row: reference(org, module, row.values.get(name)) if name in row.values else None


def _parent(org: Org) -> Show:
    """What a note hangs on, with its module inside, as later generations of CRM show it."""

    def show(row: Row) -> object:
        module = str(row.values.get("$se_module"))
        shown = reference(org, module, row.values.get("Parent_Id"))
        if shown is None:
            return None
        return ordered({**shown, "module": ordered({"api_name": module, "id": org.modules[module].id})})

    return show


def _tags(org: Org) -> Show:
    def show(row: Row) -> object:
        held = row.values.get("Tag")
        if not isinstance(held, list):
            return []
        tags = [org.tags[one] for one in held if one in org.tags]
        return [ordered({"name": tag.name, "id": tag.id, "color_code": tag.color_code}) for tag in tags]

    return show


def _time(name: str, zone: str) -> Show:
    times = _Times(zone)
    day_end = _DAY_FIELDS.get(name)

    def show(row: Row) -> object:
        held = row.values.get(name)
        if not isinstance(held, datetime):
            return None
        if day_end is not None and row.values.get("All_day") is True:
            return held.astimezone(UTC).date().isoformat() + day_end
        return times[int(held.timestamp())]

    return show


def _derived(org: Org, derive: Derive, zone: str) -> Show:
    times = _Times(zone)

    def show(row: Row) -> object:
        found = derive(org, row)
        return times[int(found.timestamp())] if isinstance(found, datetime) else found

    return show


class _Times(dict[int, str]):
    """Epoch seconds -> text in one zone; what was shown once is remembered, up to a limit."""

    __slots__ = ("_zone",)
    _LIMIT = 4096

    def __init__(self, zone: str) -> None:
        super().__init__()
        self._zone = ZoneInfo(zone)

    def __missing__(self, epoch: int) -> str:
        if len(self) >= self._LIMIT:
            self.clear()
        text = datetime.fromtimestamp(epoch, self._zone).isoformat()
        self[epoch] = text
        return text
