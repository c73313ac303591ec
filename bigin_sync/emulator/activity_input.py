"""What is special about writing tasks, events, calls and notes: the record they hang on, durations, statuses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bigin_sync.emulator.metadata import ModuleDef
from bigin_sync.emulator.replies import ItemError
from bigin_sync.emulator.table import Row
from bigin_sync.emulator.validate import Place, id_in, missing, refuse, unknown_id

if TYPE_CHECKING:
    from bigin_sync.emulator.org import Org

_PARENT_FIELDS = ("Related_To", "What_Id", "Parent_Id")
_DEAL_WORDS = ("Deals", "Pipelines")
_PARENT_WORDS = ("$related_module", "$se_module", "se_module")
_MINUTE = 60


def spelled(org: "Org", module: ModuleDef, item: Mapping[str, object], *, minutes: bool) -> dict[str, object]:
    """The record sent, with the ways of naming things that this org does not use turned into those it does.

    Either pair of link names is understood (`What_Id`/`$se_module`, `Related_To`/`$related_module`); the module of the
    parent comes out under `$se_module`. minutes: a plain number in Call_Duration means minutes, as in Bigin.
    """
    sent = dict(item)
    if module.activity:
        _swap(sent, "What_Id", "Related_To", here="Related_To" in module.fields)
        _swap(sent, "Who_Id", "Contact_Name", here="Who_Id" not in module.fields)
    parent = next((name for name in _PARENT_FIELDS if name in module.fields), None)
    words = [sent.pop(name) for name in _PARENT_WORDS if name in sent]
    if parent is not None:
        _parent_module(org, sent, parent=parent, words=words)
    if module.api_name == "Calls":
        _call(sent, minutes=minutes)
    return sent


def _swap(sent: dict[str, object], one: str, other: str, *, here: bool) -> None:
    wrong, right = (one, other) if here else (other, one)
    if wrong in sent:
        sent.setdefault(right, sent[wrong])
        del sent[wrong]


def _parent_module(org: "Org", sent: dict[str, object], *, parent: str, words: list[object]) -> None:
    given = sent.get(parent)
    if isinstance(given, dict) and isinstance(given.get("module"), dict):
        words.append(given["module"].get("api_name"))
    word = next((one for one in words if isinstance(one, str)), None)
    if word is not None:
        sent["$se_module"] = _real_name(org, word)
    elif parent in sent and sent[parent] is None:
        sent["$se_module"] = None


def _real_name(org: "Org", word: str) -> str:
    """The module that is meant; empty for a word that this org does not take."""
    if word not in _DEAL_WORDS or "Pipelines" not in org.modules:
        return word
    return "Pipelines" if org.switches.either_deal_word or word == org.switches.deal_word else ""


def check_parent(org: "Org", module: ModuleDef, values: dict[str, object], *, row: Row | None, place: Place) -> None:
    """The record an activity or note hangs on must be named with its module, and be live.

    A lead goes where deals and accounts go. Raises `ItemError`: DEPENDENT_FIELD_MISSING without the module,
    MANDATORY_NOT_FOUND for a note without a parent.
    """
    parent = next((name for name in _PARENT_FIELDS if name in module.fields), None)
    if parent is None:
        return
    if parent not in values:
        values.pop("$se_module", None)
        return
    if values[parent] is None:
        values["$se_module"] = None
        return
    field = module.fields[parent]
    name = values.get("$se_module")
    if name is None and row is not None and row.values.get(parent) == values[parent]:
        name = row.values.get("$se_module")
    if name is None:
        raise _no_module(module, parent, place)
    if not isinstance(name, str) or name not in org.modules:
        raise refuse(field, place, supported_values=sorted(org.modules))
    if org.live(name, values[parent]) is None:
        raise unknown_id(field, place)
    values["$se_module"] = name


def _no_module(module: ModuleDef, parent: str, place: Place) -> ItemError:
    word = "$related_module" if parent == "Related_To" else "$se_module"
    if parent == "Parent_Id":
        return missing(module.fields[parent], place)
    return ItemError(
        "DEPENDENT_FIELD_MISSING",
        "Dependent Fields missing",
        details={
            "dependee": {"api_name": parent, "json_path": place.path(parent)},
            "api_name": word,
            "json_path": place.path(word),
        },
    )


def _call(sent: dict[str, object], *, minutes: bool) -> None:
    given = sent.pop("Call_Duration", None)
    if given is not None and "Call_Duration_in_seconds" not in sent:
        sent["Call_Duration_in_seconds"] = _seconds(given, minutes=minutes)
    if "Outbound_Call_Status" in sent:
        sent.setdefault("Outgoing_Call_Status", sent.pop("Outbound_Call_Status"))


def _seconds(given: object, *, minutes: bool) -> object:
    """Seconds of `mm:ss` or of a number; what is neither is left for the check of the field."""
    if isinstance(given, str):
        head, _, tail = given.partition(":")
        if head.isdigit() and (tail.isdigit() or (tail == "" and ":" not in given)):
            return int(head) * _MINUTE + int(tail or 0)
    if isinstance(given, int) and not isinstance(given, bool):
        return given * _MINUTE if minutes else given
    return given


def settle_activity(
    module: ModuleDef, values: dict[str, object], *, sent: Mapping[str, object], row: Row | None, now: datetime
) -> None:
    """Fills what the server fills: when a task was closed, the days of an all-day event, what became of a call."""
    if module.api_name == "Events":
        _whole_days(values, sent=sent, row=row)
    if module.api_name == "Tasks" and "Status" in values:
        done = values["Status"] == "Completed"
        was_done = row is not None and row.values.get("Status") == "Completed"
        if done != was_done or row is None:
            values["Closed_Time"] = now if done else None
    if module.api_name == "Calls":
        outgoing = values.pop("Outgoing_Call_Status", None)
        status = _call_status(values, row=row, outgoing=outgoing)
        if status is not None:
            values["Call_Status"] = status


def _whole_days(values: dict[str, object], *, sent: Mapping[str, object], row: Row | None) -> None:
    """An all-day event is kept by the days its sender named, whatever the offset they came with."""
    held = row.values.get("All_day") if row is not None else None
    if values.get("All_day", held) is not True:
        return
    for name in ("Start_DateTime", "End_DateTime"):
        given = sent.get(name)
        if isinstance(values.get(name), datetime) and isinstance(given, str):
            day = datetime.fromisoformat(given).date()
            values[name] = datetime(day.year, day.month, day.day, tzinfo=UTC)


def _call_status(values: Mapping[str, object], *, row: Row | None, outgoing: object) -> str | None:
    if outgoing is not None:
        known = {"Completed": "Attended Dialled", "Scheduled": "Scheduled Dialled"}
        return known.get(str(outgoing), str(outgoing))
    if row is not None:
        return None
    kind = values.get("Call_Type")
    if kind == "Inbound":
        return "Received"
    if kind == "Missed":
        return "Missed"
    return "Attended Dialled" if values.get("Call_Duration_in_seconds") is not None else "Scheduled Dialled"


def company_named(value: object) -> str | None:
    """The name in a company lookup that holds a bare text which is no id."""
    return value.strip() if isinstance(value, str) and value.strip() and id_in(value) is None else None
