"""The line that hears what would have reached a person."""

import json

import httpx
import pytest

from bigin_sync.emulator.listener import Listener

HOST = "https://emulator.example"


def heard(method: str, path: str, body: object) -> list[str]:
    listener = Listener(httpx.MockTransport(lambda _request: httpx.Response(200)))
    with httpx.Client(transport=listener, base_url=HOST) as client:
        client.request(method, path, content=json.dumps(body) if body is not None else b"")
    return listener.heard


@pytest.mark.parametrize(
    "key", ["Remind_At", "Reminder", "Recurring_Activity", "RRULE", "ALARM", "Participants", "$send_notification"]
)
def test_what_rings_repeats_or_invites_is_heard_however_deep_and_whatever_its_value(key: str) -> None:
    rows: list[dict[str, object]] = [{key: None}, {"Rows": [{key: []}]}]
    for row in rows:
        body = {"data": [{"Subject": "Ring"}, row], "trigger": []}
        assert heard("PUT", "/crm/v8/Tasks", body) == [f"PUT /crm/v8/Tasks says {key}"]


def test_a_write_that_sets_off_automations_is_heard() -> None:
    bodies: list[object] = [{"data": [{"Subject": "Ring"}]}, {"data": [], "trigger": ["workflow"]}, []]
    for body in bodies:
        assert heard("POST", "/crm/v8/Tasks", body) == ["POST /crm/v8/Tasks sets off automations"]


def test_a_deletion_is_heard() -> None:
    assert heard("DELETE", "/crm/v8/Tasks/7", None) == ["DELETE /crm/v8/Tasks/7 deletes"]


def test_plain_writes_reads_and_joinings_are_quiet() -> None:
    assert heard("POST", "/crm/v8/Tasks", {"data": [{"Subject": "Remind_At"}], "trigger": []}) == []
    assert heard("POST", "/crm/v8/coql", {"select_query": "select Remind_At from Tasks"}) == []
    assert heard("PUT", "/crm/v8/Deals/7/Products", {"data": [{"id": "9"}]}) == []
    assert heard("GET", "/crm/v8/Tasks", None) == []
