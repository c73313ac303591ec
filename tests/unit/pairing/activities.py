"""Two invented orgs that link their activities in either way: field metadata as each product answers it."""

from typing import Literal

from bigin_sync.pairing.fields import FieldMeta, read_fields
from tests.unit.pairing.orgs import OWNER, Row, choices, field, points_to

Style = Literal["related_to", "what_who"]
STYLES: tuple[Style, ...] = ("related_to", "what_who")


def _links(style: Style, *, call: bool = False) -> list[Row]:
    if style == "what_who":
        return [
            field("What_Id", "lookup", lookup=points_to("se_module"), json_type="jsonobject"),
            field("Who_Id", "lookup", lookup=points_to("Contacts"), json_type="jsonobject"),
        ]
    related = field("Related_To", "lookup", lookup=points_to("se_module"), json_type="jsonobject")
    contact = field("Contact_Name", "lookup", lookup=points_to("Contacts"), json_type="jsonobject")
    return [related, contact] if call else [related]


def tasks(style: Style) -> dict[str, FieldMeta]:
    return read_fields(
        [
            OWNER,
            field("Subject", length=300, system_mandatory=True),
            field("Due_Date", "date"),
            field("Status", "picklist", pick_list_values=choices("Not Started", ("Waiting for input", "Waiting"))),
            *_links(style),
            field("Remind_At", "ALARM"),
            field("Recurring_Activity", "RRULE"),
            field("Send_Notification_Email", "boolean"),
            field("Shirt_Size", custom_field=True),
        ]
    )


def events(style: Style) -> dict[str, FieldMeta]:
    return read_fields(
        [
            OWNER,
            field("Event_Title", system_mandatory=True),
            field("Start_DateTime", "datetime", system_mandatory=True),
            field("End_DateTime", "datetime", system_mandatory=True),
            field("All_day", "boolean", json_type="boolean"),
            *_links(style),
            field("Participants", "multi_module_lookup"),
            field("Remind_At", "multireminder"),
        ]
    )


def calls(style: Style) -> dict[str, FieldMeta]:
    return read_fields(
        [
            OWNER,
            field("Subject", length=300),
            field("Call_Type", "picklist", pick_list_values=choices("Outbound", "Inbound", "Missed")),
            field("Call_Start_Time", "datetime", system_mandatory=True),
            field("Call_Duration", system_mandatory=True),
            *_links(style, call=True),
            field("Reminder", "datetime"),
        ]
    )


def notes() -> dict[str, FieldMeta]:
    parent = field("Parent_Id", "lookup", lookup=points_to("se_module"), json_type="jsonobject", system_mandatory=True)
    title, content = (
        field("Note_Title", length=120),
        field("Note_Content", "textarea", length=30, system_mandatory=True),
    )
    return read_fields([OWNER, title, content, parent])
