"""Differences between what was expected and what is there, in a person's words."""

from bigin_sync.replay.compare import Records, differences, lacking

IDA: Records = {"contact": [{"First_Name": "Ida", "Last_Name": "Lindqvist", "Title": "Buyer"}]}


def test_what_is_the_same_in_another_order_is_no_difference() -> None:
    two: Records = {"contact": [{"Last_Name": "A"}, {"Last_Name": "B"}]}
    other: Records = {"contact": [{"Last_Name": "B"}, {"Last_Name": "A"}]}
    assert differences(two, other, label="crm") == []


def test_a_field_that_differs_is_told_with_both_values() -> None:
    found: Records = {"contact": [{"First_Name": "Ida", "Last_Name": "Lindqvist", "Title": "Owner"}]}
    assert differences(IDA, found, label="crm") == ["crm: contact Ida Lindqvist: Title is 'Owner', expected 'Buyer'"]


def test_a_field_too_few_and_one_too_many_are_told() -> None:
    found: Records = {"contact": [{"First_Name": "Ida", "Last_Name": "Lindqvist", "Home_Phone": "1"}]}
    assert differences(IDA, found, label="bigin") == [
        "bigin: contact Ida Lindqvist: Home Phone is '1', expected blank",
        "bigin: contact Ida Lindqvist: Title is blank, expected 'Buyer'",
    ]


def test_a_record_too_few_and_one_too_many_are_told() -> None:
    found: Records = {"company": [{"Account_Name": "Larkspur"}]}
    assert differences(IDA, found, label="crm") == [
        "crm: company Larkspur is there, and was not expected",
        "crm: contact Ida Lindqvist is missing",
    ]


def test_two_records_of_one_name_are_told_apart() -> None:
    twice: Records = {"contact": [*IDA["contact"], *IDA["contact"]]}
    assert differences(IDA, twice, label="crm") == [
        (
            "crm: contact Ida Lindqvist #2 is there, and was not expected "
            "(First Name: Ida, Last Name: Lindqvist, Title: Buyer)"
        )
    ]


def test_lines_are_compared_as_often_as_they_stand() -> None:
    assert lacking(["a", "a"], ["a", "b"], what="conflicts") == [
        "conflicts: a was expected",
        "conflicts: b was not expected",
    ]
