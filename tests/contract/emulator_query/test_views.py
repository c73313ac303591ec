"""Custom views of the emulator: every comparator and token known from the documents and from recorded orgs."""

from datetime import UTC, datetime, timedelta

import pytest

from bigin_sync.emulator import views
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError
from bigin_sync.emulator.stock_views import group, leaf
from tests.contract.emulator_query.conftest import NOON

_DAY = 86_400


def admitted(org: Org, module: str, criteria: dict[str, object] | None, *, user: str | None = None) -> list[str]:
    kind = org.modules[module]
    looking = org.users[user or org.admin_id]
    rows = org.tables[module].rows.values()
    return [
        str(row.values[kind.name_field if kind.name_field in row.values else "Last_Name"])
        for row in rows
        if views.admits(org, kind, criteria, row=row, user=looking)
    ]


def one(org: Org, module: str, field: str, comparator: str, value: object) -> list[str]:
    return admitted(org, module, leaf(org.modules[module], field, comparator=comparator, value=value))


@pytest.fixture
def org(crm: Org) -> Org:
    ana, bo = list(crm.users)
    company = crm.seed("Accounts", [{"Account_Name": "Weber GmbH"}])[0]
    crm.seed(
        "Contacts",
        [
            {"Last_Name": "Weber", "Lead_Source": "OnlineStore", "Email": "w@example.org", "Account_Name": company},
            {"Last_Name": "Winter", "Lead_Source": "Partner", "Email_Opt_Out": True, "Owner": bo},
            {"Last_Name": "Braun"},
        ],
        created=[NOON, NOON - 20 * _DAY, NOON - 60 * _DAY],
        created_by=ana,
    )
    return crm


def test_a_view_without_criteria_admits_everything(org: Org) -> None:
    assert admitted(org, "Contacts", None) == ["Weber", "Winter", "Braun"]


@pytest.mark.parametrize(
    ("field", "comparator", "value", "names"),
    [
        ("Last_Name", "equal", "weber", ["Weber"]),
        ("Last_Name", "not_equal", "weber", ["Winter", "Braun"]),
        ("Last_Name", "in", ["Weber", "Braun"], ["Weber", "Braun"]),
        ("Last_Name", "not_in", ["Weber", "Braun"], ["Winter"]),
        ("Last_Name", "contains", "R", ["Weber", "Winter", "Braun"]),
        ("Last_Name", "starts_with", "w", ["Weber", "Winter"]),
        ("Last_Name", "ends_with", "er", ["Weber", "Winter"]),
        ("Email", "not_contains", "example", ["Winter", "Braun"]),
        ("Email", "equal", "${EMPTY}", ["Winter", "Braun"]),
        ("Email", "not_equal", "${EMPTY}", ["Weber"]),
        ("Email", "equal", "${NOTEMPTY}", ["Weber"]),
        ("Lead_Source", "equal", "Online Store", ["Weber"]),
        ("Lead_Source", "equal", "OnlineStore", ["Weber"]),
        ("Lead_Source", "not_equal", "Partner", ["Weber", "Braun"]),
        ("Email_Opt_Out", "equal", True, ["Winter"]),
        ("Email_Opt_Out", "equal", "false", ["Weber", "Braun"]),
        ("Account_Name", "contains", "weber", ["Weber"]),
        ("Created_Time", "equal", "${TODAY}", ["Weber"]),
        ("Created_Time", "less_than", "${TODAY}", ["Winter", "Braun"]),
        ("Created_Time", "less_equal", "${AGEINDAYS}+31", ["Weber", "Winter"]),
        ("Created_Time", "greater_than", "${AGEINDAYS}+31", ["Braun"]),
        ("Created_Time", "between", ["2026-01-01", "2026-02-28"], ["Winter", "Braun"]),
        ("Created_Time", "greater_equal", "2026-03-04T13:00:00+01:00", ["Weber"]),
        ("Owner", "equal", {"name": "${CURRENTUSER}"}, ["Weber", "Braun"]),
        ("Owner", "equal", {"name": "Bo Lind"}, ["Winter"]),
    ],
)
def test_a_comparator_admits_what_it_says(
    org: Org, field: str, comparator: str, value: object, names: list[str]
) -> None:
    assert one(org, "Contacts", field, comparator, value) == names


def test_me_is_whoever_looks(org: Org) -> None:
    mine = leaf(org.modules["Contacts"], "Owner", comparator="equal", value={"name": "${CURRENTUSER}"})
    assert admitted(org, "Contacts", mine, user=list(org.users)[1]) == ["Winter"]


def test_groups_nest_and_their_operator_has_any_case(org: Org) -> None:
    contacts = org.modules["Contacts"]
    weber = leaf(contacts, "Last_Name", comparator="equal", value="Weber")
    braun = leaf(contacts, "Last_Name", comparator="equal", value="Braun")
    filled = leaf(contacts, "Email", comparator="not_equal", value="${EMPTY}")
    assert admitted(org, "Contacts", group("or", weber, braun)) == ["Weber", "Braun"]
    assert admitted(org, "Contacts", group("AND", group("OR", weber, braun), filled)) == ["Weber"]


def test_numbers_and_dates_are_compared_as_such(crm: Org) -> None:
    tomorrow = (datetime.fromtimestamp(NOON, UTC) + timedelta(days=1)).date().isoformat()
    crm.seed("Deals", [{"Deal_Name": "A", "Amount": 9, "Closing_Date": tomorrow}, {"Deal_Name": "B", "Amount": 100}])
    assert one(crm, "Deals", "Amount", "less_equal", "10") == ["A"]
    assert one(crm, "Deals", "Amount", "not_between", [10, 200]) == ["A"]
    assert one(crm, "Deals", "Closing_Date", "greater_than", "${TODAY}") == ["A"]


def test_a_category_gathers_the_stages_and_states_that_belong_to_it(crm: Org) -> None:
    crm.seed("Deals", [{"Deal_Name": "A", "Stage": "Qualification"}, {"Deal_Name": "B", "Stage": "Closed Won"}])
    crm.seed("Tasks", [{"Subject": "C", "Status": "Completed"}, {"Subject": "D", "Status": "Waiting on someone else"}])
    assert one(crm, "Deals", "Stage", "in", "${CATEGORY.Open}") == ["A"]
    assert one(crm, "Tasks", "Status", "equal", "${CATEGORY.Open}") == ["D"]
    assert one(crm, "Tasks", "Status", "equal", "${CATEGORY.Closed}") == ["C"]


@pytest.mark.parametrize(
    ("comparator", "letter", "names"),
    [("contains", "c", ["Weber", "Winter"]), ("contains", "m", []), ("not_contains", "v", [])],
)
def test_the_views_only_the_server_can_tell_are_told(org: Org, comparator: str, letter: str, names: list[str]) -> None:
    assert one(org, "Contacts", "Common_Status", comparator, letter) == names


@pytest.mark.parametrize(
    ("field", "comparator", "value"),
    [("Nick_Name", "equal", "x"), ("Last_Name", "resembles", "x"), ("Created_Time", "equal", "${SOMEDAY}")],
)
def test_criteria_nobody_can_evaluate_are_refused(org: Org, field: str, comparator: str, value: str) -> None:
    with pytest.raises(ApiError) as caught:
        one(org, "Contacts", field, comparator, value)
    assert caught.value.details == {
        "cv_criteria": True,
        "column_name": field,
        "operator": comparator,
        "value": value,
    }
