"""The last gate before the wire."""

import pytest

from bigin_sync.errors import Bug
from bigin_sync.model.kind import Kind
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM, TASK_SPEC
from bigin_sync.pairing.catalog import FieldPair, FieldType
from bigin_sync.pairing.convert import RecordWriter
from bigin_sync.pairing.mapping import Mapping
from bigin_sync.zoho import gate


@pytest.mark.parametrize("verb", ["DELETE", "PATCH", "delete"])
def test_no_verb_but_three_passes(verb: str) -> None:
    with pytest.raises(Bug):
        gate.check(verb, "/Contacts")


@pytest.mark.parametrize(
    "key",
    [
        "Remind_At",
        "Reminder",
        "Remind_Participants",
        "remind_at",
        "Recurring_Activity",
        "$recurrence_id",
        "RRULE",
        "ALARM",
        "event_reminder",
        "$send_notification",
        "Send_Notification_Email",
        "Participants",
        "_delete",
    ],
)
def test_reminders_repetitions_notifications_and_removals_are_stopped_however_deep(key: str) -> None:
    bodies: list[dict[str, object]] = [
        {"data": [{key: None}], "trigger": []},
        {"data": [{"Rows": [{"id": "1", key: True}]}], "trigger": []},
        {"data": [], "trigger": [], key: []},
    ]
    for body in bodies:
        with pytest.raises(Bug, match="stopped at the gate"):
            gate.check("PUT", "/Tasks", body=body)


def test_a_write_must_name_its_triggers() -> None:
    with pytest.raises(Bug, match="triggers"):
        gate.check("POST", "/Contacts", body={"data": [{"Last_Name": "Weber"}]})


@pytest.mark.parametrize(
    "path", ["/Contacts/actions/change_owner", "/Deals/1/actions/send_mail", "/Leads/actions/mass_delete"]
)
def test_actions_beyond_reading_are_stopped(path: str) -> None:
    with pytest.raises(Bug):
        gate.check("POST", path, body={"trigger": []})


def test_plain_writes_queries_and_counts_pass() -> None:
    gate.check("POST", "/Contacts", body={"data": [{"Last_Name": "Weber", "Description": "Remind_At"}], "trigger": []})
    gate.check("POST", "/coql", body={"select_query": "select id from Contacts where id is not null"})
    gate.check("GET", "/Contacts/actions/count")


def test_a_mapping_that_names_a_reminder_is_stopped_before_the_wire() -> None:
    """Whatever an earlier room let through: here a mapping that somebody changed in the database."""
    rings = FieldPair(name="Remind_At", left="Remind_At", right="Remind_At", type=FieldType.TEXT)
    subject = FieldPair(name="Subject", left="Subject", right="Subject", type=FieldType.TEXT)
    writer = RecordWriter(TASK_SPEC, Mapping(TASK_SPEC.kind, (subject, rings)), side=Side.LEFT)
    fine, loud = writer.begin({"Subject": "Ring"}), writer.begin({"Subject": "Ring", "Remind_At": "15 minutes"})
    gate.check("POST", "/Tasks", body={"data": [fine], "trigger": []})
    for verb in ("POST", "PUT"):
        with pytest.raises(Bug, match="stopped at the gate"):
            gate.check(verb, "/Tasks", body={"data": [fine, loud], "trigger": []})


@pytest.mark.parametrize("kind", [spec.kind for spec in BIGIN_CRM.kinds])
@pytest.mark.parametrize("side", BOTH)
def test_every_field_of_the_pairing_passes(kind: Kind, side: Side) -> None:
    spec = BIGIN_CRM.kind(kind)
    writer = RecordWriter(spec, Mapping(kind, spec.fields), side=side)
    row = writer.begin({pair.name: "1" for pair in spec.fields if pair.type is not FieldType.STAGE})
    gate.check("POST", "/Anything", body={"data": [row], "trigger": []})


@pytest.mark.parametrize("trigger", [["workflow", "mail"], ["pathfinder"], "workflow", None, [["workflow"]]])
def test_only_automations_that_a_person_can_ask_for_pass(trigger: object) -> None:
    gate.check("POST", "/Contacts", body={"data": [{"Last_Name": "Weber"}], "trigger": ["workflow", "approval"]})
    with pytest.raises(Bug):
        gate.check("POST", "/Contacts", body={"data": [{"Last_Name": "Weber"}], "trigger": trigger})


def test_fields_may_be_added_to_a_module_and_nothing_else_with_them() -> None:
    field = {"field_label": "Bigin Sync Key", "data_type": "text"}
    gate.check("POST", "/settings/fields", body={"fields": [field]})
    for verb, path, body in (
        ("PUT", "/settings/fields", {"fields": [field]}),
        ("POST", "/settings/layouts", {"fields": [field]}),
        ("POST", "/settings/fields", {"fields": [field], "data": [{"Last_Name": "Weber"}]}),
        ("POST", "/settings/fields", {"fields": [{**field, "Remind_At": 1}]}),
    ):
        with pytest.raises(Bug, match="stopped at the gate"):
            gate.check(verb, path, body=body)
