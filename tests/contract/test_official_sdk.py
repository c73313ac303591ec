"""The vendor's own SDK, unmodified, works against the emulator: proof that it is no friend of our client alone.

`zohocrmsdk8_0` speaks Zoho CRM v8 through the web door. It keeps its tokens and its copy of the metadata in files; here
they live and die with the test.
"""

# ruff: noqa: ANN401 -- the SDK has no types

import importlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bigin_sync.emulator.clocks import ShiftedClock
from bigin_sync.emulator.serve import Serving
from bigin_sync.emulator.world import World

# The SDK leaves sockets open and uses what the language has since put aside; neither is ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

_CRM = "zohocrmsdk.src.com.zoho.crm.api"


def sdk(module: str, name: str) -> Any:
    """A class of the SDK."""
    return getattr(importlib.import_module(f"{_CRM}.{module}"), name)


@pytest.fixture
def world() -> World:
    world = World.default(clock=ShiftedClock())
    world.crm.switches.search_lag = 0
    return world


@pytest.fixture
def _at_home(world: World, tmp_path: Path) -> Iterator[None]:
    """The SDK, introduced to the emulator's web door."""
    authenticator = "zohocrmsdk.src.com.zoho.api.authenticator"
    token_class = importlib.import_module(f"{authenticator}.oauth_token").OAuthToken
    store_class = importlib.import_module(f"{authenticator}.store.file_store").FileStore
    initializer = sdk("initializer", "Initializer")
    with Serving(world) as served:
        url = served.url
        environment = sdk("dc.data_center", "DataCenter").Environment(url, f"{url}/oauth/v2/token", url)
        token = token_class(
            client_id="1000.EMULATOR",
            client_secret="emulator-secret",
            refresh_token="1000.emulator.crm",
            find_user=True,
        )
        initializer.initialize(
            environment,
            token,
            store=store_class(str(tmp_path / "tokens.csv")),
            sdk_config=sdk("sdk_config", "SDKConfig")(auto_refresh_fields=False, pick_list_validation=True),
            resource_path=str(tmp_path),
        )
        yield
    initializer.initializer = None
    logger = logging.getLogger("SDKLogger")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def records(module: str = "Contacts") -> Any:
    return sdk("record", "RecordOperations")(module)


def parameters(call: str = "GetRecordsParam", /, **given: object) -> Any:
    """Parameters of one kind of call; the SDK types them by the kind."""
    made = sdk("parameter_map", "ParameterMap")()
    for name, value in given.items():
        made.add(getattr(sdk("record", call), name), value)
    return made


def headers(**given: str) -> Any:
    made = sdk("header_map", "HeaderMap")()
    for name, value in given.items():
        made.add(sdk("header", "Header")(name.replace("_", "-"), "String"), value)
    return made


def body(*rows: dict[str, object], trigger: list[str] | None = None, check: list[str] | None = None) -> Any:
    made = []
    for row in rows:
        record = sdk("record", "Record")()
        for name, value in row.items():
            record.add_key_value(name, value)
        made.append(record)
    wrapper = sdk("record", "BodyWrapper")()
    wrapper.set_data(made)
    if trigger is not None:
        wrapper.set_trigger(trigger)
    if check is not None:
        wrapper.set_duplicate_check_fields(check)
    return wrapper


def results(response: Any) -> list[Any]:
    answer = response.get_object()
    assert hasattr(answer, "get_data"), (answer.get_code().get_value(), answer.get_details())
    return list(answer.get_data())


def reference(record_id: str) -> Any:
    record = sdk("record", "Record")()
    record.set_id(int(record_id))
    return record


def made_id(response: Any) -> int:
    return int(results(response)[0].get_details()["id"])


@pytest.fixture
def contact(world: World, _at_home: None) -> int:
    """A contact the SDK made, at a company that was there before."""
    company = world.crm.seed("Accounts", [{"Account_Name": "Weber GmbH"}])[0]
    response = records().create_records(
        body(
            {
                "Last_Name": "Weber",
                "First_Name": "Karl",
                "Email": "karl@example.org",
                "Account_Name": reference(company),
                "Lead_Source": sdk("util", "Choice")("Online Store"),
            },
            trigger=[],
        )
    )
    assert response.get_status_code() == 201
    return made_id(response)


def test_a_record_made_by_the_sdk_is_what_the_emulator_stores(world: World, contact: int) -> None:
    row = world.crm.tables["Contacts"].rows[str(contact)]
    assert row.values["Last_Name"] == "Weber"
    assert row.values["Account_Name"] in world.crm.tables["Accounts"].rows


def test_the_sdk_reads_a_record_with_its_types(world: World, contact: int) -> None:
    response = records().get_record(contact)
    assert response.get_status_code() == 200
    record = results(response)[0]
    assert record.get_id() == contact
    assert record.get_key_value("Full_Name") == "Karl Weber"
    assert record.get_key_value("Account_Name").get_key_value("name") == "Weber GmbH"
    assert isinstance(record.get_modified_time(), datetime)
    assert record.get_created_by().get_email() == world.crm.admin().email


def test_the_sdk_lists_records_and_understands_nothing_new(world: World, contact: int) -> None:
    asked = parameters(
        fields="Last_Name,Email,Account_Name,Modified_Time", sort_by="Modified_Time", sort_order="asc", per_page=200
    )
    response = records().get_records(asked)
    assert [one.get_id() for one in results(response)] == [contact]
    assert response.get_object().get_info().get_more_records() is False
    late = datetime.fromtimestamp(world.crm.now() + 60, UTC).isoformat()
    unchanged = records().get_records(asked, headers(If_Modified_Since=late))
    assert unchanged.get_status_code() == 304
    assert unchanged.get_object() is None


@pytest.mark.usefixtures("_at_home")
def test_an_empty_module_gives_the_sdk_nothing() -> None:
    response = records("Products").get_records(parameters(fields="Product_Name"))
    assert response.get_status_code() == 204
    assert response.get_object() is None


def test_the_sdk_updates_one_record_and_many(world: World, contact: int) -> None:
    one = records().update_record(contact, body({"Phone": "030 1"}, trigger=[]))
    many = records().update_records(body({"id": contact, "Title": "Head"}, trigger=[]))
    assert [one.get_status_code(), many.get_status_code()] == [200, 200]
    values = world.crm.tables["Contacts"].rows[str(contact)].values
    assert (values["Phone"], values["Title"]) == ("030 1", "Head")


def test_the_sdk_reads_an_upsert_that_found_its_record(world: World, contact: int) -> None:
    given = body({"Last_Name": "Weber", "Email": "KARL@example.org", "Mobile": "0151"}, check=["Email"])
    result = results(records().upsert_records(given))[0]
    assert int(result.get_details()["id"]) == contact
    assert result.get_action().get_value() == "update"
    assert result.get_duplicate_field() == "Email"


def test_the_sdk_reads_a_duplicate_as_the_error_of_one_record(contact: int) -> None:
    response = records().create_records(
        body({"Last_Name": "Twin", "Email": "karl@example.org"}, {"Last_Name": "Other"}, trigger=[])
    )
    assert response.get_status_code() == 207
    codes = [one.get_code().get_value() for one in results(response)]
    assert codes == ["DUPLICATE_DATA", "SUCCESS"]


def test_the_sdk_reads_a_refusal_of_a_record_that_moved_on(world: World, contact: int) -> None:
    before = datetime.fromtimestamp(world.crm.now() - 3_600, UTC).isoformat()
    response = records().update_record(contact, body({"Phone": "030 2"}), headers(If_Unmodified_Since=before))
    assert response.get_status_code() == 412
    refused = results(response)[0]
    assert refused.get_code().get_value() == "ALREADY_MODIFIED"
    assert "Phone" not in world.crm.tables["Contacts"].rows[str(contact)].values


def test_the_sdk_searches(contact: int) -> None:
    hits = results(
        records().search_records(parameters("SearchRecordsParam", criteria="(Email:equals:karl@example.org)"))
    )
    assert [one.get_id() for one in hits] == [contact]
    missed = records().search_records(parameters("SearchRecordsParam", criteria="(Last_Name:equals:Nobody)"))
    assert missed.get_object() is None


def test_the_sdk_queries(contact: int) -> None:
    query = sdk("coql", "BodyWrapper")()
    query.set_select_query(
        "select Last_Name, Account_Name.Account_Name from Contacts where Email = 'karl@example.org' limit 5"
    )
    response = sdk("coql", "CoqlOperations")().get_records(query)
    row = results(response)[0]
    assert row.get_id() == contact
    assert row.get_key_value("Account_Name.Account_Name") == "Weber GmbH"


def test_the_sdk_sees_what_was_deleted(world: World, contact: int) -> None:
    gone = records().delete_record(contact)
    assert gone.get_status_code() == 200
    since = datetime.fromtimestamp(world.crm.now() - 60, UTC).isoformat()
    response = records().get_deleted_records(
        parameters("GetDeletedRecordsParam", type="all"), headers(If_Modified_Since=since)
    )
    deleted = results(response)[0]
    assert deleted.get_id() == contact
    assert deleted.get_display_name() == "Karl Weber"
    assert records().get_record(contact).get_status_code() == 204


def test_the_sdk_counts(contact: int) -> None:
    assert records().record_count().get_object().get_count() == 1


@pytest.mark.usefixtures("_at_home")
def test_the_sdk_knows_the_people_and_the_org(world: World) -> None:
    people = sdk("users", "UsersOperations")().get_users()
    listed = {one.get_email() for one in people.get_object().get_users()}
    assert listed == {one.email for one in world.crm.users.values()}
    org = sdk("org", "OrgOperations")().get_organization().get_object().get_org()[0]
    assert org.get_zgid() == world.crm.facts.zgid


def test_the_sdk_writes_a_note_and_finds_it_at_its_record(contact: int) -> None:
    note = sdk("notes", "Note")()
    parent, module = sdk("notes", "ParentId")(), sdk("modules", "MinifiedModule")()
    module.set_api_name("Contacts")
    parent.set_id(contact)
    parent.set_module(module)
    note.set_note_title("Call")
    note.set_note_content("asked for an offer")
    note.set_parent_id(parent)
    wrapper = sdk("notes", "BodyWrapper")()
    wrapper.set_data([note])
    assert sdk("notes", "NotesOperations")().create_notes(wrapper).get_status_code() == 201
    related = sdk("related_records", "RelatedRecordsOperations")("Notes", "Contacts")
    found = related.get_related_records(contact, parameters(fields="Note_Title,Note_Content"))
    assert [one.get_key_value("Note_Title") for one in results(found)] == ["Call"]


def test_the_sdk_makes_deals_tasks_and_events(world: World, contact: int) -> None:
    choice = sdk("util", "Choice")
    deal = records("Deals").create_records(
        body({"Deal_Name": "Big one", "Stage": choice("Qualification"), "Amount": 1_000.0}, trigger=[])
    )
    event = records("Events").create_records(
        body(
            {
                "Event_Title": "Lunch",
                "Start_DateTime": datetime(2026, 3, 4, 12, tzinfo=UTC),
                "End_DateTime": datetime(2026, 3, 4, 13, tzinfo=UTC),
            },
            trigger=[],
        )
    )
    task = records("Tasks").create_records(body({"Subject": "Call back", "Status": choice("Not Started")}, trigger=[]))
    assert [one.get_status_code() for one in (deal, event, task)] == [201, 201, 201]
    stored = world.crm.tables["Events"].rows[str(made_id(event))].values["Start_DateTime"]
    assert stored == datetime(2026, 3, 4, 12, tzinfo=UTC)
