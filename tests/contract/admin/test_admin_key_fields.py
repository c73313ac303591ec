"""What the doctor says of the field for sync keys, and how it is added."""

import dataclasses

import pytest

from bigin_sync.admin import doctor
from bigin_sync.admin.checks import Check
from bigin_sync.emulator.field_making import make_field
from bigin_sync.pairing.bigin_crm import BIGIN_CRM
from tests.contract.admin.stage import Stage

KEY = "Bigin_Sync_Key"
KEYED = [spec for spec in BIGIN_CRM.kinds if spec.keyed]


@pytest.fixture
def connected(stage: Stage) -> Stage:
    """Both orgs connected, and no module set up."""
    for label in ("bigin", "crm"):
        stage.connect(label)
    return stage


def told(checks: list[Check]) -> dict[str, Check]:
    """The last thing that is said of either org's sync keys."""
    return {check.what: check for check in checks if check.what.endswith("sync keys")}


def having(stage: Stage, label: str) -> set[str]:
    """The modules of an org that have the field."""
    return {name for name, module in stage.world.org(label).modules.items() if KEY in module.fields}


def test_the_doctor_says_of_each_org_which_modules_lack_the_field_and_how_to_add_it(connected: Stage) -> None:
    wish = {"field_label": "Bigin Sync Key", "data_type": "text"}
    crm = connected.world.crm
    make_field(crm, crm.module("Accounts"), {**wish, "external": {"type": "org", "show": False}})
    make_field(crm, crm.module("Contacts"), wish)
    found = told(doctor.examine(connected.room))
    bigin, crm_check = found["Bigin sync keys"], found["Zoho CRM sync keys"]
    assert (bigin.good, crm_check.good) == (True, False)
    lacking = ", ".join(spec.left.plural for spec in KEYED)
    assert bigin.found.startswith(f'the field "Bigin Sync Key" is missing in {lacking}: ')
    assert ("150 seconds" in bigin.found, "--create-key-fields" in bigin.hint) == (True, False)
    assert crm_check.found.startswith(
        "in Accounts; unusable in Contacts, where it allows the same value twice; "
        'the field "Bigin Sync Key" is missing in '
    )
    assert "--create-key-fields" in crm_check.hint
    assert all("Do not allow duplicate values" in check.hint for check in found.values())


def test_the_doctor_adds_the_field_to_the_crm_modules_that_lack_it_and_to_nothing_twice(connected: Stage) -> None:
    before = {name: len(module.fields) for name, module in connected.world.crm.modules.items()}
    checks = doctor.examine(connected.room, create_key_fields=True)
    modules = {spec.right.module for spec in KEYED}
    assert (having(connected, "crm"), having(connected, "bigin")) == (modules, set())
    assert told(checks)["Zoho CRM sync keys"].found == f"in {', '.join(spec.right.plural for spec in KEYED)}"
    assert all(check.good for check in checks)
    again = doctor.examine(connected.room, create_key_fields=True)
    assert not any("was added" in check.found for check in again)
    after = {name: len(module.fields) for name, module in connected.world.crm.modules.items()}
    assert after == {name: count + (name in modules) for name, count in before.items()}


def test_a_module_that_takes_no_such_field_is_named_and_the_others_get_theirs(connected: Stage) -> None:
    crm = connected.world.crm
    crm.switches.turn({"unique_on_activities": False})
    for number in (1, 2):
        wish = {"field_label": f"Number {number}", "data_type": "text", "unique": {"case_sensitive": False}}
        make_field(crm, crm.module("Products"), wish)
    checks = doctor.examine(connected.room, create_key_fields=True)
    refused = [check.found.partition(":")[0] for check in checks if not check.good]
    without = [spec.right.plural for spec in KEYED if spec.right.module in {"Products", "Tasks", "Events", "Calls"}]
    assert refused == [f"Bigin Sync Key could not be added to {plural}" for plural in without]
    assert having(connected, "crm") == {"Accounts", "Contacts", "Deals"}


def test_a_token_without_the_right_to_add_fields_is_named_with_the_scopes_to_ask_for(connected: Stage) -> None:
    oauth = connected.world.oauth
    grant = oauth.refresh_tokens["1000.emulator.crm"]
    scopes = {scope for scope in grant.scopes if ".settings." not in scope} | {"ZohoCRM.settings.READ"}
    oauth.allow("1000.emulator.crm", dataclasses.replace(grant, scopes=frozenset(scopes)))
    connected.world.clock.advance(2 * 3600)
    (bad,) = (check for check in doctor.examine(connected.room, create_key_fields=True) if not check.good)
    assert "does not allow POST /crm/v8/settings/fields" in bad.found
    assert "ZohoCRM.settings.ALL" in bad.hint
    assert having(connected, "crm") == set()
