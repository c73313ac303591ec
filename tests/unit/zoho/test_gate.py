"""The last gate before the wire."""

import pytest

from bigin_sync.errors import Bug
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
