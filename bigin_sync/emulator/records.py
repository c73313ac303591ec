"""Inserts and updates, one record at a time, and the answer for a whole batch of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bigin_sync.emulator.calls import Ask
from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.org import Edited, Org
from bigin_sync.emulator.record_input import accept
from bigin_sync.emulator.replies import ItemError, Reply, invalid_id, success
from bigin_sync.emulator.table import Row, Values
from bigin_sync.emulator.users import User
from bigin_sync.emulator.validate import Place, id_in
from bigin_sync.emulator.wire import show_time, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Writes records of one module on behalf of one user at one moment."""

    org: Org
    module: ModuleDef
    user: User
    now: int
    version: int
    trigger: tuple[str, ...] | None = None
    """The automations asked for; `None` asks for all."""
    guard: int | None = None
    """`If-Unmodified-Since`, epoch seconds."""

    def insert(self, item: Mapping[str, object], *, place: Place) -> Row:
        """Adds a record. Raises `ItemError`."""
        values = accept(self.org, self.module, item, row=None, place=place, now=self.now)
        for field in self.module.fields.values():
            if field.default is not None and values.get(field.api_name) is None:
                values[field.api_name] = field.default
        values.setdefault("Owner", self.user.id)
        row = Row(
            self.org.ids.record(),
            {name: value for name, value in values.items() if value is not None},
            created=self.now,
            created_by=self.user.id,
        )
        self.org.tables[self.module.api_name].put(row)
        self.org.index_later(self.module.api_name, row.id, before=None)
        self._wrote(row)
        return row

    def update(self, row: Row, item: Mapping[str, object], *, place: Place) -> Row:
        """Changes the fields sent. Raises `ItemError`; ALREADY_MODIFIED if the guard says so."""
        self._check_guard(row)
        values = accept(self.org, self.module, item, row=row, place=place, now=self.now)
        self.write(row, values)
        return row

    def write(self, row: Row, values: Values, *, action: str = "updated") -> None:
        """Stores values that were checked before, and everything that goes with it."""
        changed = tuple(
            (name, row.values.get(name), value) for name, value in values.items() if row.values.get(name) != value
        )
        self.org.index_later(self.module.api_name, row.id, before=row)
        table = self.org.tables[self.module.api_name]
        moved = self.now if changed or self.org.switches.idle_update_moves_modified else row.modified
        table.change(row, values, modified=max(moved, row.modified), modified_by=self.user.id)
        self.org.history.setdefault(row.id, []).append(Edited(self.now, self.user.id, action, changed))
        self._wrote(row)

    def details(self, row: Row, *, added: bool) -> dict[str, object]:
        """What a result tells of the record written."""
        zone = zone_of(self.org, self.user)
        people = self.org.users
        shown: dict[str, object] = {
            "Modified_Time": show_time(row.modified, zone),
            "Modified_By": people[row.modified_by].ref(),
            "Created_Time": show_time(row.created, zone),
            "id": row.id,
            "Created_By": people[row.created_by].ref(),
        }
        crm = self.org.product == "crm" and self.version > 2 and self.module.api_name != "Notes"
        if added and (crm or (self.org.product == "bigin" and self.module.api_name == "Accounts")):
            shown["$approval_state"] = "approved"
        return shown

    def _check_guard(self, row: Row) -> None:
        if self.guard is not None and row.modified > self.guard and self.org.switches.unmodified_since != "ignored":
            raise already_modified(self, row)

    def _wrote(self, row: Row) -> None:
        self.org.triggers.append((self.module.api_name, row.id, self.trigger))
        self._stir_parents(row)

    def _stir_parents(self, row: Row) -> None:
        """What hangs on a record moves that record's Last_Activity_Time, and nothing else of it."""
        values = row.values
        near = [(values.get("$se_module"), values.get(name)) for name in ("Parent_Id", "What_Id", "Related_To")]
        if self.module.activity:
            near += [("Contacts", values.get(name)) for name in ("Who_Id", "Contact_Name")]
        for module, record_id in near:
            parent = self.org.live(str(module), record_id) if record_id is not None else None
            if parent is not None:
                moment = datetime.fromtimestamp(self.now, UTC)
                self.org.tables[str(module)].set_quietly(parent, "Last_Activity_Time", moment)


def already_modified(writer: Writer, row: Row) -> ItemError:
    """The record moved after the time the caller knows. Zoho CRM v8, 412 of "Update Records"."""
    return ItemError(
        "ALREADY_MODIFIED",
        "record updated time has already passed if-unmodified-since time",
        details=writer.details(row, added=False),
        status=412,
    )


def writer_for(ask: Ask, module: ModuleDef) -> Writer:
    """A writer with what the request says of automations and guards."""
    given = ask.json_body().get("trigger") if ask.call.body else None
    trigger = tuple(str(one) for one in given) if isinstance(given, list) else None
    return Writer(
        org=ask.org,
        module=module,
        user=ask.user,
        now=ask.org.now(),
        version=ask.version,
        trigger=trigger,
        guard=ask.time_header("if-unmodified-since"),
    )


def insert_all(ask: Ask) -> Reply:
    """`POST /{module}`."""
    return insert_into(ask, ask.module(), items=ask.members("data"))


def insert_into(ask: Ask, module: ModuleDef, *, items: Iterable[Mapping[str, object]]) -> Reply:
    """Adds records to a module and answers for each of them."""
    writer = writer_for(ask, module)
    results: list[dict[str, object] | ItemError] = []
    for index, item in enumerate(items):
        try:
            row = writer.insert(item, place=Place(index))
            ask.written.append((module.api_name, row.id))
            results.append(success("record added", details=writer.details(row, added=True)))
        except ItemError as error:
            results.append(error)
    return batch_reply(ask.org, results, fine=201)


def update_all(ask: Ask) -> Reply:
    """`PUT /{module}`, each record with its id."""
    return update_in(ask, ask.module(), items=ask.members("data"))


def update_one(ask: Ask) -> Reply:
    """`PUT /{module}/{id}`; an id in the body counts for nothing beside the one in the path."""
    item = dict(ask.members("data")[0])
    item["id"] = ask.parts["id"]
    return update_in(ask, ask.module(), items=[item])


def update_in(ask: Ask, module: ModuleDef, *, items: Iterable[Mapping[str, object]]) -> Reply:
    """Changes records of a module and answers for each of them."""
    writer = writer_for(ask, module)
    sent = list(items)
    refusal = _refused_whole(writer, sent)
    if refusal is not None:
        return Reply(412, {"data": [refusal.result()]})
    results: list[dict[str, object] | ItemError] = []
    for index, item in enumerate(sent):
        place = Place(index)
        try:
            row = row_of(ask.org, module, item, place=place)
            writer.update(row, item, place=place)
            ask.written.append((module.api_name, row.id))
            results.append(success("record updated", details=writer.details(row, added=False)))
        except ItemError as error:
            results.append(error)
    return batch_reply(ask.org, results, fine=200)


def row_of(org: Org, module: ModuleDef, item: Mapping[str, object], *, place: Place) -> Row:
    """The live record an item's id names. Raises `ItemError`."""
    found = id_in(item.get("id"))
    row = org.live(module.api_name, found) if found is not None else None
    if row is None:
        raise invalid_id(place.path("id"))
    return row


def _refused_whole(writer: Writer, items: list[Mapping[str, object]]) -> ItemError | None:
    if writer.guard is None or writer.org.switches.unmodified_since != "whole_request":
        return None
    for item in items:
        row = writer.org.live(writer.module.api_name, id_in(item.get("id")))
        if row is not None and row.modified > writer.guard:
            return already_modified(writer, row)
    return None


def batch_reply(org: Org, results: list[dict[str, object] | ItemError], *, fine: int) -> Reply:
    """The answer for a batch: 201 or 200 when all went well, else what the org's switches say of it."""
    failed = [one for one in results if isinstance(one, ItemError)]
    shown = [one.result() if isinstance(one, ItemError) else one for one in results]
    if not failed:
        status = fine
    elif len(failed) < len(results):
        status = org.switches.mixed_status
    elif all(one.status == 412 for one in failed):
        status = 412
    else:
        status = org.switches.failed_status
    return Reply(status, {"data": shown})
