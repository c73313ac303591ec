"""Recorded answers become an org: values, people, lookups and ids as they were, new ids where they do not fit."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bigin_sync.emulator.load import load
from bigin_sync.emulator.world import World
from bigin_sync.errors import UnreadableFile
from tests.contract.emulated import caller

_ANA = {"name": "Ana Ruiz", "id": "8123456000000026001", "email": "ana@example.org"}
_BO = {"name": "Bo Lind", "id": "8123456000000026009", "email": "bo@example.org"}
_USER = {
    "id": _ANA["id"],
    "first_name": "Ana",
    "last_name": "Ruiz",
    "email": _ANA["email"],
    "status": "active",
    "confirm": True,
    "profile": {"name": "Administrator", "id": "8123456000000026011"},
    "role": {"name": "CEO", "id": "8123456000000026005"},
    "time_zone": "Asia/Kolkata",
    "created_time": "2025-01-06T10:00:00+05:30",
    "Modified_Time": "2025-01-07T10:00:00+05:30",
    "zuid": "70001",
}
_CONTACT = {
    "id": "8123456000000412001",
    "Owner": _BO,
    "Created_By": _ANA,
    "Modified_By": _BO,
    "Created_Time": "2026-03-04T15:30:00+05:30",
    "Modified_Time": "2026-03-05T15:30:00+05:30",
    "Last_Name": "Weber",
    "First_Name": "Karl",
    "Full_Name": "Karl Weber",
    "Email": "karl@example.org",
    "Account_Name": {"name": "Weber GmbH", "id": "8123456000000411001"},
    "Tag": [{"name": "Fair", "id": "8123456000000099001", "color_code": None}],
    "Shoe_Size": 43,
    "Phone": None,
    "$editable": True,
}


def recording(folder: Path, answers: dict[str, object], *, product: str = "crm") -> Path:
    """A folder of recorded answers; each key is a path below the version, dots for slashes."""
    folder.mkdir(exist_ok=True)
    for path, response in answers.items():
        exchange = {
            "method": "GET",
            "path": f"/{product}/v8/{path.replace('.', '/')}",
            "params": {"module": "Contacts"} if path.startswith("settings") else {},
            "status": 200,
            "response": response,
        }
        (folder / f"{path}.json").write_text(json.dumps({"exchanges": [exchange]}), encoding="utf-8")
    return folder


@pytest.fixture
def world() -> World:
    return World.default()


def test_a_record_comes_back_as_it_was_recorded(world: World, tmp_path: Path) -> None:
    counts = load(world, recording(tmp_path, {"users": {"users": [_USER]}, "Contacts": {"data": [_CONTACT]}}))
    assert counts == {"crm": {"Contacts": 1}}
    answer = caller(world, "crm").get(f"/crm/v8/Contacts/{_CONTACT['id']}").json()["data"][0]
    assert {key: answer[key] for key in _CONTACT} == _CONTACT


def test_times_are_kept_as_moments(world: World, tmp_path: Path) -> None:
    load(world, recording(tmp_path, {"Contacts": {"data": [_CONTACT]}}))
    row = world.crm.tables["Contacts"].rows[str(_CONTACT["id"])]
    assert row.created == int(datetime(2026, 3, 4, 10, tzinfo=UTC).timestamp())


def test_the_recorded_administrator_takes_over_the_refresh_token_and_the_zone(world: World, tmp_path: Path) -> None:
    load(world, recording(tmp_path, {"users": {"users": [_USER]}}))
    me = caller(world, "crm").get("/crm/v8/users", params={"type": "CurrentUser"}).json()["users"][0]
    assert (me["email"], me["time_zone"]) == ("ana@example.org", "Asia/Kolkata")
    assert world.crm.facts.zone == "Asia/Kolkata"
    assert set(world.oauth.refresh_tokens) >= {"1000.emulator.crm", "1000.emulator.bigin"}
    assert "1000.emulator.crm.jonas" not in world.oauth.refresh_tokens


def test_whoever_a_record_names_is_somebody_of_the_org(world: World, tmp_path: Path) -> None:
    load(world, recording(tmp_path, {"users": {"users": [_USER]}, "Contacts": {"data": [_CONTACT]}}))
    assert world.crm.users[_BO["id"]].email == "bo@example.org"
    assert not world.crm.users[_BO["id"]].profile.admin


def test_a_record_known_by_its_name_alone_is_there_with_its_name(world: World, tmp_path: Path) -> None:
    load(world, recording(tmp_path, {"Contacts": {"data": [_CONTACT]}}))
    assert world.crm.tables["Accounts"].rows["8123456000000411001"].values["Account_Name"] == "Weber GmbH"


def test_new_records_get_larger_ids_than_those_recorded(world: World, tmp_path: Path) -> None:
    load(world, recording(tmp_path, {"Contacts": {"data": [_CONTACT]}}))
    assert int(world.crm.seed("Contacts", [{"Last_Name": "Later"}])[0]) > int(str(_CONTACT["id"]))


def test_an_id_that_does_not_fit_is_replaced_everywhere_by_the_same_one(world: World, tmp_path: Path) -> None:
    company = {"id": "77", "Account_Name": "Short Ltd"}
    contacts = [{"id": "78", "Last_Name": "A", "Account_Name": {"id": "77", "name": "Short Ltd"}}, _CONTACT]
    load(world, recording(tmp_path, {"Accounts": {"data": [company]}, "Contacts": {"data": contacts}}))
    row = next(one for one in world.crm.tables["Contacts"].rows.values() if one.values["Last_Name"] == "A")
    company_id = str(row.values["Account_Name"])
    assert (len(row.id), len(company_id)) == (19, 19)
    assert world.crm.tables["Accounts"].rows[company_id].values["Account_Name"] == "Short Ltd"


def test_a_record_shown_twice_is_kept_as_last_modified_with_all_its_keys(world: World, tmp_path: Path) -> None:
    older = {
        "id": "8123456000000412001",
        "Modified_Time": "2026-03-01T00:00:00+05:30",
        "Last_Name": "Old",
        "Title": "Dr",
    }
    newer = {"id": "8123456000000412001", "Modified_Time": "2026-03-02T00:00:00+05:30", "Last_Name": "New"}
    load(world, recording(tmp_path, {"Contacts": {"data": [newer]}, "Contacts.search": {"data": [older]}}))
    values = world.crm.tables["Contacts"].rows["8123456000000412001"].values
    assert (values["Last_Name"], values["Title"]) == ("New", "Dr")


def test_recorded_metadata_takes_the_place_of_the_stock_fields(world: World, tmp_path: Path) -> None:
    field = {
        "api_name": "Shoe_Size",
        "field_label": "Shoe size",
        "data_type": "integer",
        "length": 2,
        "custom_field": True,
        "view_type": {"create": True, "edit": True},
        "unique": {"casesensitive": "0"},
    }
    load(world, recording(tmp_path, {"settings.fields": {"fields": [field]}, "Contacts": {"data": [_CONTACT]}}))
    made = world.crm.modules["Contacts"].fields["Shoe_Size"]
    assert (made.data_type, made.custom, made.unique, made.writable) == ("integer", True, True, True)
    assert "Assistant" not in world.crm.modules["Contacts"].fields


def test_a_field_without_metadata_is_carried_and_not_listed(world: World, tmp_path: Path) -> None:
    load(world, recording(tmp_path, {"Contacts": {"data": [_CONTACT]}}))
    listed = caller(world, "crm").get("/crm/v8/settings/fields", params={"module": "Contacts"}).json()["fields"]
    assert "Shoe_Size" not in {one["api_name"] for one in listed}
    assert world.crm.tables["Contacts"].rows[str(_CONTACT["id"])].values["Shoe_Size"] == 43


def test_a_module_the_stock_org_lacks_comes_along(world: World, tmp_path: Path) -> None:
    load(
        world, recording(tmp_path, {"Boats": {"data": [{"id": "8123456000000500001", "Name": "Alba", "Length": 9.5}]}})
    )
    shown = caller(world, "crm").get("/crm/v8/Boats/8123456000000500001").json()["data"][0]
    assert (shown["Name"], shown["Length"]) == ("Alba", 9.5)


def test_a_task_keeps_what_it_hangs_on_and_bigin_calls_its_deals_by_its_own_word(world: World, tmp_path: Path) -> None:
    deal = {"id": "8123456000000600001", "Deal_Name": "Big one"}
    task = {
        "id": "8123456000000600002",
        "Subject": "Call",
        "Related_To": {"id": deal["id"], "name": "Big one"},
        "$related_module": "Deals",
    }
    load(world, recording(tmp_path, {"Pipelines": {"data": [deal]}, "Tasks": {"data": [task]}}, product="bigin"))
    row = world.bigin.tables["Tasks"].rows["8123456000000600002"]
    assert (row.values["Related_To"], row.values["$se_module"]) == (deal["id"], "Pipelines")


def test_the_other_product_stays_as_it_is(world: World, tmp_path: Path) -> None:
    people = dict(world.bigin.users)
    load(world, recording(tmp_path, {"users": {"users": [_USER]}, "Contacts": {"data": [_CONTACT]}}))
    assert world.bigin.users == people
    assert not world.bigin.tables["Contacts"].rows


def test_writes_and_failures_of_a_recording_are_no_records(world: World, tmp_path: Path) -> None:
    exchanges = [
        {"method": "POST", "path": "/crm/v8/Contacts", "status": 201, "response": {"data": [{"details": {"id": "1"}}]}},
        {"method": "GET", "path": "/crm/v8/Contacts", "status": 204, "response": ""},
        {"method": "GET", "path": "/crm/v8/Contacts", "status": 200, "response": {"data": []}},
    ]
    (tmp_path / "a.json").write_text(json.dumps({"exchanges": exchanges}), encoding="utf-8")
    load(world, tmp_path)
    assert not world.crm.tables["Contacts"].rows


@pytest.mark.parametrize("content", ["{", "[]", '{"exchanges": 1}', '{"exchanges": ["a"]}', "\x00"])
def test_a_file_that_is_no_recording_is_named(world: World, tmp_path: Path, content: str) -> None:
    (tmp_path / "odd.json").write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"odd\.json"):
        load(world, tmp_path)


def test_a_folder_without_a_recording_is_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no recorded answer"):
        load(world, tmp_path)
    with pytest.raises(UnreadableFile, match="not a folder"):
        load(world, tmp_path / "nowhere")
