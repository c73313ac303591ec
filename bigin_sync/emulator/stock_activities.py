"""Tasks, events, calls and notes of a fresh org, in either way of linking an activity to a record.

Zoho CRM v8, "Layouts Metadata" and "Related Lists Metadata", name the three activities among their modules and leave
out notes, which have neither. An activity can have notes ("Get Notes of a Record").
"""

from typing import Literal

from bigin_sync.emulator import stock_options as of
from bigin_sync.emulator.metadata import FieldDef, LayoutDef, ModuleDef, RelatedListDef
from bigin_sync.emulator.stock_fields import (
    area,
    audit,
    day,
    flag,
    last_activity,
    lookup,
    make,
    moment,
    multi,
    number,
    phone,
    pick,
    shown,
    tag,
    text,
)  # fmt: skip -- one name a line would fill the page

LinkStyle = Literal["what_who", "related_to"]
"""`what_who`: `What_Id`, `Who_Id` and `$se_module`, as CRM. `related_to`: `Related_To` and `$related_module`, as
clients written from the Bigin v2 documents use it."""


NOTES_OF_A_RECORD = RelatedListDef(api_name="Notes", label="Notes", module="Notes", via="Parent_Id")
"""The related list that every kind of record has but notes themselves."""


def activities(style: LinkStyle, *, crm: bool) -> list[ModuleDef]:
    """The three kinds of activity."""
    return [_tasks(style, crm=crm), _events(style), _calls(style)]


def notes() -> ModuleDef:
    """Notes. Their parent's module stands beside `Parent_Id`."""
    fields = [
        *audit("Note"),
        text("Note_Title", length=120),
        area("Note_Content", length=65_535, system_mandatory=True),
        lookup("Parent_Id", "se_module", "Parent ID", system_mandatory=True),
    ]
    return _module("Notes", "Note", fields, name_field="Note_Title", id_suffix=2197)


def _links(style: LinkStyle, *, contact: bool) -> list[FieldDef]:
    if style == "related_to":
        related = [lookup("Related_To", "se_module")]
        return [*related, lookup("Contact_Name", "Contacts")] if contact else related
    return [lookup("What_Id", "se_module", "Related To"), lookup("Who_Id", "Contacts", "Contact Name")]


def _tasks(style: LinkStyle, *, crm: bool) -> ModuleDef:
    fields = [
        *audit("Task"),
        text("Subject", length=300, system_mandatory=True),
        day("Due_Date"),
        *_links(style, contact=False),
        pick("Status", of.TASK_STATUSES, default="Not Started"),
        pick("Priority", of.PRIORITIES, default="Normal"),
        flag("Send_Notification_Email"),
        make("Remind_At", "Reminder", "ALARM", length=50),
        make("Recurring_Activity", "Repeat", "RRULE", length=50),
        moment("Closed_Time", creatable=False, editable=False),
        area("Description"),
        tag(),
        shown("Last_Activity_Time", data_type="datetime", length=120),
        flag("Locked__s", creatable=False, editable=False),
    ]
    if crm:
        fields.append(multi("BEST_TIME", of.BEST_TIMES, creatable=False, editable=False))
    return _module("Tasks", "Task", fields, name_field="Subject", id_suffix=2193)


def _events(style: LinkStyle) -> ModuleDef:
    check_in = [
        shown(f"Check_In_{part}") for part in ("Address", "Sub_Locality", "City", "State", "Country", "Comment")
    ]
    fields = [
        *audit("Meeting"),
        text("Event_Title", "Title", system_mandatory=True),
        moment("Start_DateTime", "From", system_mandatory=True),
        moment("End_DateTime", "To", system_mandatory=True),
        flag("All_day", "All day"),
        text("Venue", "Location"),
        *_links(style, contact=False),
        make("Participants", "Participants", "multi_module_lookup", length=2_000),
        make("Remind_At", "Reminder", "multireminder", length=120),
        make("Recurring_Activity", "Repeat", "RRULE", length=50),
        area("Description"),
        tag(),
        last_activity(),
        moment("Check_In_Time", creatable=False, editable=False),
        make("Check_In_By", "Checked In By", "ownerlookup", length=120, creatable=False, editable=False),
        *check_in,
        pick("Check_In_Status", of.CHECK_IN_STATUSES, creatable=False, editable=False, default="PLANNED"),
        shown("Latitude", data_type="double", decimal_place=9),
        shown("Longitude", data_type="double", decimal_place=9),
        shown("ZIP_Code"),
    ]
    return _module("Events", "Meeting", fields, name_field="Event_Title", id_suffix=2195)


def _calls(style: LinkStyle) -> ModuleDef:
    fields = [
        *audit("Call"),
        text("Subject", length=300),
        pick("Call_Type", of.CALL_TYPES, system_mandatory=True),
        moment("Call_Start_Time", system_mandatory=True),
        text("Call_Duration", length=20),
        number("Call_Duration_in_seconds"),
        *_links(style, contact=True),
        pick("Call_Purpose", of.CALL_PURPOSES),
        text("Call_Agenda"),
        pick("Call_Result", of.CALL_RESULTS),
        pick("Call_Status", of.CALL_STATUSES, creatable=False, editable=False),
        pick("Outgoing_Call_Status", of.OUTGOING_STATUSES, write_only=True),
        pick("Outbound_Call_Status", of.OUTGOING_STATUSES, write_only=True, listed=False),
        moment("Reminder"),
        phone("Dialled_Number"),
        text("Caller_ID"),
        area("Description"),
        tag(),
        last_activity(),
    ]
    return _module("Calls", "Call", fields, name_field="Subject", id_suffix=2221)


def _module(api_name: str, noun: str, fields: list[FieldDef], *, name_field: str, id_suffix: int) -> ModuleDef:
    activity = api_name != "Notes"
    return ModuleDef(
        api_name=api_name,
        module_name=api_name,
        singular=noun,
        plural=f"{noun}s",
        name_field=name_field,
        fields={one.api_name: one for one in fields},
        id_suffix=id_suffix,
        activity=activity,
        visible=activity,
        layouts=[LayoutDef(name="Standard", display_label="Standard")] if activity else [],
        related_lists=[NOTES_OF_A_RECORD] if activity else [],
    )
