"""Search of the emulator: what the index finds, when, and what it refuses."""

import pytest

from bigin_sync.emulator import search
from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError
from tests.contract.emulator_query.conftest import NOON


def find(org: Org, module: str = "Contacts", **params: str) -> list[str]:
    kind = org.modules[module]
    found = search.run(org, kind, params, user=org.admin())
    name = "Last_Name" if module == "Contacts" else kind.name_field
    return [str(row.values[name]) for row in found.rows]


def refusal(org: Org, **params: str) -> ApiError:
    with pytest.raises(ApiError) as caught:
        find(org, **params)
    return caught.value


@pytest.fixture
def org(crm: Org) -> Org:
    crm.seed(
        "Contacts",
        [
            {"Last_Name": "Weber", "Email": "w@example.org", "Phone": "+49 30 555-0101", "Title": "Head of Sales"},
            {"Last_Name": "Winter", "Secondary_Email": "W@example.org", "Mobile": "030 5550199", "Title": "Sales"},
            {"Last_Name": "Braun (junior), Max", "Lead_Source": "Partner", "Email_Opt_Out": True},
        ],
        created=[NOON, NOON - 60, NOON - 120],
    )
    return crm


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ("(Last_Name:equals:weber)", ["Weber"]),
        ("(Last_Name:not_equal:weber)", ["Winter", "Braun (junior), Max"]),
        ("(Last_Name:starts_with:w)", ["Weber", "Winter"]),
        ("(Last_Name:in:Weber,Winter)", ["Weber", "Winter"]),
        (r"(Last_Name:equals:Braun \(junior\)\, Max)", ["Braun (junior), Max"]),
        ("(Lead_Source:equals:Partner)", ["Braun (junior), Max"]),
        ("(Email_Opt_Out:equals:true)", ["Braun (junior), Max"]),
        ("(Email:equals:${EMPTY})", ["Winter", "Braun (junior), Max"]),
        ("(Modified_Time:greater_than:2026-03-04T12:59:00+01:00)", ["Weber"]),
        (
            "(Modified_Time:between:2026-03-04T11:58:00+00:00,2026-03-04T11:59:00+00:00)",
            ["Winter", "Braun (junior), Max"],
        ),
        ("((Last_Name:equals:weber)or(Last_Name:equals:winter))", ["Weber", "Winter"]),
        ("((Last_Name:starts_with:w)and(Title:equals:head))", ["Weber"]),
        (
            "(((Last_Name:starts_with:w) and (Title:equals:head)) or (Email_Opt_Out:equals:true))",
            ["Weber", "Braun (junior), Max"],
        ),
    ],
)
def test_criteria_find_what_they_say(org: Org, criteria: str, names: list[str]) -> None:
    assert find(org, criteria=criteria) == names


def test_equals_finds_every_text_that_holds_the_words(org: Org) -> None:
    assert find(org, criteria="(Title:equals:Sales)") == ["Weber", "Winter"]


def test_an_address_is_looked_for_in_every_field_of_its_type(org: Org) -> None:
    assert find(org, email="w@EXAMPLE.org") == ["Weber", "Winter"]


def test_a_number_is_looked_for_by_its_digits_alone(org: Org) -> None:
    assert find(org, phone="305550101") == ["Weber"]
    assert find(org, phone="(555) 01") == ["Weber", "Winter"]


def test_a_word_begins_a_word_of_some_field(org: Org) -> None:
    assert find(org, word="sal") == ["Weber", "Winter"]
    assert find(org, word="ales") == []
    assert refusal(org, word="s").code == "PATTERN_NOT_MATCHED"


def test_criteria_come_before_every_other_way(org: Org) -> None:
    assert find(org, criteria="(Last_Name:equals:weber)", word="Braun") == ["Weber"]


def test_hits_come_latest_first_while_info_claims_id(org: Org) -> None:
    found = search.run(org, org.modules["Contacts"], {"word": "sales", "per_page": "1"}, user=org.admin())
    assert found.info() == {
        "per_page": 1,
        "count": 1,
        "page": 1,
        "more_records": True,
        "sort_by": "id",
        "sort_order": "desc",
    }
    assert found.rows[0].values["Last_Name"] == "Weber"
    assert find(org, word="sales", per_page="1", page="2") == ["Winter"]
    assert find(org, word="sales", sort_by="Last_Name", sort_order="desc") == ["Winter", "Weber"]


def test_nobody_gets_past_2000_rows(org: Org) -> None:
    error = refusal(org, word="sales", page="11")
    assert (error.code, error.details) == ("LIMIT_REACHED", {"limit": "2000"})


def test_a_search_for_nothing_in_particular_is_refused(org: Org) -> None:
    error = refusal(org, page="1")
    assert error.code == "EXPECTED_PARAM_MISSING"
    assert error.details == {"param_names": ["criteria", "email", "phone", "word"]}


@pytest.mark.parametrize(
    "criteria",
    [
        "Last_Name:equals:weber",
        "(Last_Name:equals:weber",
        "((Last_Name:equals:weber)xor(Last_Name:equals:winter))",
        "(Last_Name:equals:weber)(Title:equals:x)",
        "(Nick_Name:equals:weber)",
        "(Last_Name:greater_than:a)",
        "(Lead_Source:starts_with:P)",
        "(Modified_Time:greater_than:yesterday)",
        "(Modified_Time:between:2026-03-04T11:58:00+00:00)",
    ],
)
def test_criteria_that_make_no_sense_are_refused(org: Org, criteria: str) -> None:
    error = refusal(org, criteria=criteria)
    assert (error.status, error.code) == (400, "INVALID_QUERY")


def test_criteria_have_their_limits(crm: Org, bigin: Org) -> None:
    for org, limit in ((crm, 15), (bigin, 10)):
        criteria = "and".join(["(Last_Name:equals:x)"] * limit)
        assert find(org, criteria=f"({criteria})") == []
        assert refusal(org, criteria=f"({criteria}and(Last_Name:equals:x))").code == "CRITERIA_LIMIT_EXCEEDED"
    many = ",".join(map(str, range(101)))
    assert refusal(crm, criteria=f"(Last_Name:in:{many})").code == "INVALID_QUERY"


def test_sub_pipelines_of_bigin_cannot_be_searched_for(bigin: Org) -> None:
    with pytest.raises(ApiError) as caught:
        find(bigin, "Pipelines", criteria="(Sub_Pipeline:equals:Renewals)")
    assert caught.value.code == "INVALID_QUERY"
