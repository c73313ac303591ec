"""How values that are no plain texts are told: times, durations, reminders, repetitions, guests.

- `Start DateTime: 2026-03-09 10:00`: in UTC; the day alone for an event of whole days
- `Call Duration: "02:05"`: minutes and seconds
- `Remind At: 15 minutes before`, or the rule of a task's reminder
- `Recurring Activity: FREQ=WEEKLY;…`: the rule of a repetition
- `Participants: [guest@guest.example]`
"""

from datetime import UTC, datetime
from typing import Any

from bigin_sync.emulator.metadata import FieldDef
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from bigin_sync.replay.told import Cell

_MINUTE = 60
_RULES = frozenset({"ALARM", "RRULE"})
_BEFORE = " before"
_HIDDEN = frozenset({"Call_Duration_in_seconds", "Probability"})
"""Fields that follow from another one; so does the team pipeline of a deal in Bigin, which is no field of choices, and
the key by which the sync knows its own records, which is made of ids that no story knows."""


def stored_as(known: FieldDef, value: Cell) -> dict[str, Any]:
    """API name -> value, as the emulator keeps what a scenario tells of one field."""
    if known.api_name == "Call_Duration" and isinstance(value, str):
        minutes, _, seconds = value.partition(":")
        return {"Call_Duration_in_seconds": int(minutes) * _MINUTE + int(seconds or 0)}
    if known.data_type == "datetime" and isinstance(value, str):
        return {known.api_name: datetime.fromisoformat(value).replace(tzinfo=UTC)}
    return {known.api_name: _composed(known, value)}


def sent_as(known: FieldDef, value: Cell) -> dict[str, Any]:
    """API name -> value, as a person's browser sends it."""
    if known.data_type == "datetime" and isinstance(value, str):
        return {known.api_name: datetime.fromisoformat(value).replace(tzinfo=UTC).isoformat()}
    return {known.api_name: _composed(known, value)}


def spoken(known: FieldDef, values: dict[str, Any]) -> Cell:
    """What a scenario tells of a field of a record that the emulator keeps."""
    if known.api_name in _HIDDEN or (known.api_name == "Pipeline" and known.data_type != "picklist"):
        return None
    if BIGIN_CRM.keeps_keys(known.api_name, known.label):
        return None
    if known.api_name == "Call_Duration":
        seconds = values.get("Call_Duration_in_seconds")
        return f"{seconds // _MINUTE:02d}:{seconds % _MINUTE:02d}" if isinstance(seconds, int) else None
    value = values.get(known.api_name)
    if isinstance(value, datetime):
        return _moment(value.astimezone(UTC), whole_day=values.get("All_day") is True)
    if known.data_type in _RULES and isinstance(value, dict):
        return str(value[known.data_type])
    if known.data_type == "multireminder" and isinstance(value, list):
        return ", ".join(f"{one['unit']} {one['period']}{_BEFORE}" for one in value)
    if known.data_type == "multi_module_lookup" and isinstance(value, list):
        return [str(one["participant"]) for one in value]
    plain: Cell = value
    return plain


def _moment(at: datetime, *, whole_day: bool) -> str:
    if whole_day:
        return at.date().isoformat()
    return at.strftime("%Y-%m-%d %H:%M:%S" if at.second else "%Y-%m-%d %H:%M")


def _composed(known: FieldDef, value: Cell) -> object:
    if known.data_type in _RULES and isinstance(value, str):
        return {known.data_type: value}
    if known.data_type == "multireminder" and isinstance(value, str):
        unit, period = value.removesuffix(_BEFORE).split()
        return [{"unit": int(unit), "period": period}]
    if known.data_type == "multi_module_lookup" and isinstance(value, list):
        return [{"participant": address, "type": "email"} for address in value]
    return value
