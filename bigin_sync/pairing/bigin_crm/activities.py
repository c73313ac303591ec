"""Activities: tasks, events and calls of records that are synced. Their fields are mapped by the system.

Reminders, repetitions, participants and notifications are none of them: on the side they are written to they would
ring, repeat or be mailed. An event of a series is synced as the one event it is.
"""

from bigin_sync.model.kind import Kind
from bigin_sync.model.side import Side
from bigin_sync.model.values import Values
from bigin_sync.pairing.bigin_crm.alike import OWNER, alike, needed
from bigin_sync.pairing.bigin_crm.belonging import ACTIVITY_LINKS, known_by_link
from bigin_sync.pairing.catalog import FieldPair, FieldType, KeyPart, KindSide, KindSpec, ModuleSpec, Norm, WholeDays

TASK = Kind("task")
EVENT = Kind("event")
CALL = Kind("call")


def _must(name: str, held: FieldType, *, default: str | None = None) -> FieldPair:
    return FieldPair(
        name=name, left=name, right=name, type=held, needed=True, default_left=default, default_right=default
    )


def _call_begins(side: Side, values: Values) -> dict[str, object]:
    """What a CRM org must be told of a new outbound call, and never tells again.

    Zoho CRM "Calls": `Outbound_Call_Status` says whether the call was made; without it one with a duration is refused.
    """
    if side is Side.LEFT or values.get("Call_Type") != "Outbound":
        return {}
    return {"Outbound_Call_Status": "Completed" if values.get("Call_Duration") else "Scheduled"}


TASK_SPEC = KindSpec(
    kind=TASK,
    left=KindSide("Tasks", "Task", "Tasks"),
    right=KindSide("Tasks", "Task", "Tasks"),
    module="activities",
    fields=(
        needed("Subject"),
        *alike("Due_Date", held=FieldType.DATE),
        *alike("Status", "Priority", held=FieldType.PICKLIST),
        *ACTIVITY_LINKS,
        *alike("Description", held=FieldType.TEXTAREA),
        *OWNER,
    ),
    label_fields=("Subject",),
    match=known_by_link(
        "subject, due date", KeyPart(("Subject",), Norm.TEXT), KeyPart(("Due_Date",), Norm.EXACT, or_none=True)
    ),
    needs_parent=True,
    custom_fields=False,
)

EVENT_SPEC = KindSpec(
    kind=EVENT,
    left=KindSide("Events", "Event", "Events"),
    right=KindSide("Events", "Meeting", "Meetings"),
    module="activities",
    fields=(
        needed("Event_Title"),
        *alike("All_day", held=FieldType.BOOLEAN),
        _must("Start_DateTime", FieldType.DATETIME),
        _must("End_DateTime", FieldType.DATETIME),
        *alike("Venue"),
        *ACTIVITY_LINKS,
        *alike("Description", held=FieldType.TEXTAREA),
        *OWNER,
    ),
    label_fields=("Event_Title",),
    match=known_by_link("title, start", KeyPart(("Event_Title",), Norm.TEXT), KeyPart(("Start_DateTime",), Norm.EXACT)),
    needs_parent=True,
    custom_fields=False,
    whole_days=WholeDays(box="All_day", starts="Start_DateTime", ends="End_DateTime"),
)

CALL_SPEC = KindSpec(
    kind=CALL,
    left=KindSide("Calls", "Call", "Calls"),
    right=KindSide("Calls", "Call", "Calls"),
    module="activities",
    fields=(
        # Bigin lets it be blank, CRM does not.
        FieldPair(name="Subject", left="Subject", right="Subject", type=FieldType.TEXT, default_right="Call"),
        _must("Call_Type", FieldType.PICKLIST),
        _must("Call_Start_Time", FieldType.DATETIME),
        *alike("Call_Duration", held=FieldType.DURATION),
        *alike("Call_Purpose", "Call_Result", held=FieldType.PICKLIST),
        *alike("Call_Agenda"),
        *ACTIVITY_LINKS,
        *alike("Description", held=FieldType.TEXTAREA),
        *OWNER,
    ),
    label_fields=("Subject",),
    match=known_by_link(
        "subject, start", KeyPart(("Subject",), Norm.TEXT, or_none=True), KeyPart(("Call_Start_Time",), Norm.EXACT)
    ),
    needs_parent=True,
    custom_fields=False,
    # Bigin v2 "Calls": a duration is written in minutes and read as mm:ss.
    whole_minutes=frozenset({Side.LEFT}),
    at_birth=_call_begins,
)

ACTIVITIES_MODULE = ModuleSpec(
    name="activities",
    label="Activities",
    kinds=(TASK, EVENT, CALL),
    needs_view=False,
    can_disable=True,
    after=("contacts",),
)
