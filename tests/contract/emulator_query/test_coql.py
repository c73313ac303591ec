"""COQL of the emulator: what a query finds, and what it refuses."""

# ruff: noqa: S608 -- the queries are COQL, asked of an emulator that has no SQL behind it

import pytest

from bigin_sync.emulator import coql
from bigin_sync.emulator.metadata import ViewDef
from bigin_sync.emulator.org import Org
from tests.contract.emulator_query.asking import ask, ids, people, refusal
from tests.contract.emulator_query.conftest import at


def test_a_row_has_the_columns_asked_for_and_its_id(crm: Org) -> None:
    people(crm, 1)
    row = ask(crm, "select Last_Name, Account_Name from Contacts where id is not null")[0]
    assert row["Last_Name"] == "Name 0"
    assert isinstance(row["Account_Name"], dict)
    assert set(row) == {"Last_Name", "Account_Name", "id"}


def test_keywords_have_any_case_and_names_have_one(crm: Org) -> None:
    people(crm, 2)
    assert len(ask(crm, "SELECT Last_Name FROM Contacts WHERE id IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET 1")) == 1
    assert refusal(crm, "select last_name from Contacts where id is not null").details["column_name"] == "last_name"


def test_a_column_behind_a_lookup_comes_under_its_path_or_its_alias(crm: Org) -> None:
    people(crm, 1)
    query = (
        "select Account_Name.Account_Name, Account_Name.Phone as tel, Owner.email from Contacts where id is not null"
    )
    row = ask(crm, query)[0]
    assert row["Account_Name.Account_Name"] == "Weber GmbH"
    assert row["tel"] == "030 1"
    assert row["Owner.email"] == "ana@example.org"


def test_an_arrow_reads_a_lookup_of_many_modules_as_one_of_them(crm: Org) -> None:
    people(crm, 1)
    company = next(iter(crm.tables["Accounts"].rows))
    crm.seed("Tasks", [{"Subject": "Call back", "What_Id": company, "$se_module": "Accounts"}])
    rows = ask(crm, "select 'What_Id->Accounts.Account_Name' from Tasks where 'What_Id->Accounts.Phone' = '030 1'")
    assert rows[0]["What_Id->Accounts.Account_Name"] == "Weber GmbH"


def test_nothing_found_is_an_answer_without_a_body(crm: Org) -> None:
    answer = coql.run(crm, crm.admin(), "select id from Contacts where Last_Name = 'nobody'")
    assert answer.reply().status == 204


def test_info_tells_the_count_and_whether_more_would_follow(crm: Org) -> None:
    people(crm, 3)
    for limit, more in ((2, True), (3, False)):
        body = coql.run(crm, crm.admin(), f"select id from Contacts where id is not null limit {limit}").reply().body
        assert isinstance(body, dict)
        assert body["info"] == {"count": limit, "more_records": more}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Last_Name = 'NAME 3'", [3]),
        ("Last_Name != 'Name 3'", [0, 1, 2, 4]),
        ("Last_Name in ('name 1', 'Name 4')", [1, 4]),
        ("Last_Name not in ('name 1', 'Name 4')", [0, 2, 3]),
        ("Last_Name like '%me 2'", [2]),
        ("Last_Name not like 'Name%'", []),
        ("Phone is null", [0, 1, 2, 3, 4]),
        ("Phone != 'x'", []),
        ("Account_Name.Phone = '030 1'", [0, 1, 2, 3, 4]),
        ("Full_Name = 'name 2'", [2]),
        ("Email_Opt_Out = false", [0, 1, 2, 3, 4]),
        ("Owner.first_name = 'ana'", [0, 1, 2, 3, 4]),
        (f"Modified_Time between '{at(1)}' and '{at(9)}'", [3, 4]),
        (f"Modified_Time not between '{at(1)}' and '{at(9)}'", [0, 1, 2]),
        (f"Modified_Time >= '{at(1, zone='Asia/Tokyo')}'", [3, 4]),
        (f"((Last_Name = 'Name 1') or (Modified_Time > '{at(0)}'))", [1, 3, 4]),
        ("((Last_Name = 'Name 1' or Last_Name = 'Name 2') and Email like 'n1%')", [1]),
    ],
)
def test_a_condition_finds_what_it_says(crm: Org, condition: str, found: list[int]) -> None:
    made = people(crm, 5)
    assert ids(ask(crm, f"select id from Contacts where {condition}")) == [int(made[number]) for number in found]


def test_a_quote_inside_a_text_is_doubled(crm: Org) -> None:
    crm.seed("Contacts", [{"Last_Name": "O'Hara"}])
    assert len(ask(crm, "select id from Contacts where Last_Name = 'O''Hara'")) == 1


def test_choices_are_found_by_what_is_stored(crm: Org) -> None:
    crm.seed("Contacts", [{"Last_Name": "Weber", "Lead_Source": "OnlineStore"}])
    assert len(ask(crm, "select id from Contacts where Lead_Source = 'OnlineStore'")) == 1
    assert ask(crm, "select id from Contacts where Lead_Source = 'Online Store'") == []


def test_numbers_and_dates_are_compared_as_such(crm: Org) -> None:
    crm.seed(
        "Deals", [{"Deal_Name": "A", "Amount": 9.5, "Closing_Date": "2026-03-09"}, {"Deal_Name": "B", "Amount": 10}]
    )
    assert len(ask(crm, "select id from Deals where Amount < 10")) == 1
    assert len(ask(crm, "select id from Deals where Amount between 9.5 and 10")) == 2
    assert len(ask(crm, "select id from Deals where Closing_Date <= '2026-03-09'")) == 1


def test_a_view_behind_the_module_leaves_out_what_it_does_not_admit(crm: Org) -> None:
    people(crm, 3)
    criteria: dict[str, object] = {"comparator": "equal", "field": {"api_name": "Last_Name"}, "value": "Name 1"}
    crm.modules["Contacts"].views.append(ViewDef(name="One", id="7300001000000099001", criteria=criteria))
    assert len(ask(crm, "select id from Contacts#7300001000000099001 where id is not null order by Modified_Time")) == 1
    assert refusal(crm, "select id from Contacts#7300001000000099999 where id is not null").details == {
        "cvid": "7300001000000099999"
    }


def test_measures_are_taken_over_groups(crm: Org) -> None:
    crm.seed(
        "Deals",
        [
            {"Deal_Name": "A", "Stage": "Qualification", "Amount": 10, "Closing_Date": "2026-01-05"},
            {"Deal_Name": "B", "Stage": "Qualification", "Amount": 20.5},
            {"Deal_Name": "C", "Stage": "Closed Won"},
        ],
    )
    rows = ask(
        crm,
        "select Stage, COUNT(id), SUM(Amount) as total, AVG(Amount), MIN(Closing_Date) from Deals where id is not null"
        " group by Stage order by Stage desc",
    )
    assert rows[0] == {
        "Stage": "Qualification",
        "COUNT(id)": 2,
        "total": 30.5,
        "AVG(Amount)": 15.25,
        "MIN(Closing_Date)": "2026-01-05",
    }
    assert rows[1]["total"] is None
    assert ask(crm, "select COUNT(id) from Deals where Deal_Name = 'none'") == [{"COUNT(id)": 0}]


def test_rows_come_by_id_unless_told_otherwise(crm: Org) -> None:
    made = people(crm, 6)
    assert ids(ask(crm, "select id from Contacts where Last_Name like 'Name%'")) == [int(one) for one in made]
    by_name = ask(crm, "select Last_Name from Contacts where id is not null order by Email desc, id asc")
    assert [row["Last_Name"] for row in by_name] == [f"Name {number}" for number in range(5, -1, -1)]


def test_rows_of_one_second_come_with_descending_ids_unless_the_query_orders_them(crm: Org) -> None:
    people(crm, 9)
    unordered = ids(ask(crm, "select id from Contacts where id is not null order by Modified_Time"))
    ordered = ids(ask(crm, "select id from Contacts where id is not null order by Modified_Time, id"))
    assert ordered == sorted(ordered)
    assert unordered != ordered
    assert [sorted(unordered[at : at + 3]) for at in (0, 3, 6)] == [ordered[at : at + 3] for at in (0, 3, 6)]


def test_a_walk_by_time_and_id_meets_every_record_once(crm: Org) -> None:
    made = people(crm, 50)
    met: list[int] = []
    condition = "id is not null"
    while rows := ask(
        crm, f"select id, Modified_Time from Contacts where {condition} order by Modified_Time, id limit 7"
    ):
        met += ids(rows)
        time, last = rows[-1]["Modified_Time"], rows[-1]["id"]
        condition = f"((Modified_Time > '{time}') or ((Modified_Time = '{time}') and (id > '{last}')))"
    assert met == [int(one) for one in made]


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("selekt id from Contacts where id is not null", {"near": "selekt", "line": 1, "column": 1}),
        ("select id form Contacts where id is not null", {"near": "form", "line": 1, "column": 11}),
        ("select id\nfrom Contacts where id is nil", {"near": "nil", "line": 2, "column": 27}),
        ("select id from Contacts", {"clause": "where"}),
        ("select id from Contacts order by id", {"clause": "where"}),
        ("select id where id is not null", {"clause": "from"}),
    ],
)
def test_what_is_no_query_is_answered_with_the_place_where_it_stops_being_one(
    crm: Org, query: str, details: dict[str, object]
) -> None:
    error = refusal(crm, query)
    assert (error.status, error.code, error.details) == (400, "SYNTAX_ERROR", details)


def test_more_than_two_criteria_have_to_be_bracketed_in_pairs(crm: Org) -> None:
    loose = "Last_Name = 'a' and Phone is null and Email is null"
    assert refusal(crm, f"select id from Contacts where {loose}").code == "SYNTAX_ERROR"
    assert ask(crm, "select id from Contacts where ((Last_Name = 'a' and Phone is null) and Email is null)") == []


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("Nick_Name = 'x'", "column given seems to be invalid"),
        ("Account_Name.Nick_Name = 'x'", "column given seems to be invalid"),
        ("Description = 'x'", "data type not supported"),
        ("Modified_Time > 'yesterday'", "value given seems to be invalid for the column"),
        ("Modified_Time > '2026-03-04T12:00:00Z'", "value given seems to be invalid for the column"),
        ("id > 'abc'", "value given seems to be invalid for the column"),
        ("Lead_Source > 'A'", "operator given seems to be invalid for the column"),
    ],
)
def test_a_criterion_its_type_does_not_allow_is_refused(crm: Org, condition: str, reason: str) -> None:
    error = refusal(crm, f"select id from Contacts where {condition}")
    assert (error.code, error.details["reason"]) == ("INVALID_QUERY", reason)


@pytest.mark.parametrize(
    ("query", "clause", "limit"),
    [
        ("select id from Contacts where id is not null limit 2001", "limit", 2000),
        ("select id from Contacts where id is not null limit 200 offset 99801", "offset", 100_000),
        (f"select id from Contacts where id in ({','.join('1' * 51)})", "in", 50),
    ],
)
def test_a_query_of_crm_has_its_limits(crm: Org, query: str, clause: str, limit: int) -> None:
    error = refusal(crm, query)
    assert (error.code, error.details) == ("LIMIT_EXCEEDED", {"clause": clause, "limit": limit})


def test_no_more_than_50_columns_and_25_criteria_go_into_a_query(crm: Org) -> None:
    names = [name for name in crm.modules["Contacts"].fields if name != "Tag"][:51]
    assert refusal(crm, f"select {', '.join(names)} from Contacts where id is not null").code == "LIMIT_EXCEEDED"
    condition = "id > 0"
    for _ in range(25):
        condition = f"({condition} and id > 0)"
    assert refusal(crm, f"select id from Contacts where {condition}").details == {"clause": "where", "limit": 25}


def test_a_query_of_bigin_reads_200_rows_at_most_10_000_deep_and_measures_nothing(bigin: Org) -> None:
    start = "select id from Contacts where id is not null"
    assert refusal(bigin, f"{start} limit 201").details == {"clause": "limit", "limit": 200}
    assert refusal(bigin, f"{start} limit 200 offset 9801").details == {"clause": "offset", "limit": 10_000}
    assert ask(bigin, f"{start} limit 200 offset 9800") == []
    assert refusal(bigin, "select COUNT(id) from Contacts where id is not null").code == "INVALID_DATA"


def test_bigin_shows_no_text_of_many_lines_in_a_query(bigin: Org) -> None:
    error = refusal(bigin, "select Description from Contacts where id is not null")
    assert error.details == {"column_name": "Description", "reason": "data type not supported"}


def test_a_thing_named_twice_is_refused(crm: Org) -> None:
    end = "from Contacts where id is not null"
    assert refusal(crm, f"select Email, Email {end}").code == "DUPLICATE_DATA"
    assert refusal(crm, f"select id {end} order by id, id").code == "DUPLICATE_DATA"
    assert refusal(crm, f"select Email as a, Phone as a {end}").code == "DUPLICATE_ALIAS"


def test_a_module_there_is_not_or_that_queries_do_not_read_is_refused(crm: Org) -> None:
    assert refusal(crm, "select id from Nothing where id is not null").details == {"module": "Nothing"}
    assert refusal(crm, "select id from Notes where id is not null").code == "INVALID_MODULE"


def test_the_price_follows_the_limit_of_the_query() -> None:
    assert coql.rows_asked("select id from Contacts where id is not null limit 1500") == 1500
    assert coql.rows_asked("select id from Contacts where id is not null") == 200
    assert coql.rows_asked("nonsense") == 200
