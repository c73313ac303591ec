"""Match keys: what makes two records the same thing, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bigin_sync.model.kind import Kind
from bigin_sync.model.values import Values
from bigin_sync.pairing.bigin_crm import COMPANY, COMPANY_SPEC, CONTACT_SPEC
from bigin_sync.pairing.catalog import FieldPair, FieldType, KeyPart, KindSide, KindSpec, MatchRule, Norm
from bigin_sync.pairing.match_keys import company_name, domain, email, folded, keys
from bigin_sync.pairing.phone_numbers import phone


def contact(**values: str) -> list[tuple[int, str]]:
    return keys(CONTACT_SPEC, values, region="DE")


def company(**values: str) -> list[tuple[int, str]]:
    return keys(COMPANY_SPEC, values, region="DE")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Weber GmbH", "weber"),
        ("Weber & Söhne GmbH & Co. KG", "Weber und Sohne"),
        ("Muñoz, S.A.", "Munoz SA"),
        ("Rossi S.p.A.", "Rossi"),
        ("Rossi SpA", "ROSSI"),
        ("Fjord A/S", "Fjord AS"),
        ("Acme, Inc.", "ACME Incorporated"),
        ("Acme L.L.C.", "Acme LLC"),
        ("Kiwi Pty Ltd", "Kiwi Pty. Ltd."),
        ("Polar Oy Ab", "Polar"),
        ("Tulip B.V.", "Tulip BV"),
        ("Zamek Sp. z o.o.", "Zamek"),
        ("Novák s.r.o.", "Novak"),
        ("ООО Ромашка", "Ромашка"),  # noqa: RUF001 -- the Cyrillic form is what is tested
        ("株式会社あおぞら", "あおぞら(株)"),
        ("A.B.C. Ltd", "ABC"),
        ("Crème Brûlée SARL", "creme brulee"),
        ("Straße AG", "STRASSE"),
        ("Ørsted ApS", "Orsted"),
        ("Öz İpek Ltd", "oz ipek"),
    ],
)
def test_a_company_keeps_its_name_whatever_its_legal_form(one: str, other: str) -> None:
    assert company_name(one) == company_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sunny Day Spa", "Sunny Day"),
        ("Weber GmbH", "Webers GmbH"),
        ("Acme North", "Acme South"),
        ("GmbH", "AG"),
        ("が", "か"),
    ],
)
def test_companies_of_different_names_stay_apart(one: str, other: str) -> None:
    assert company_name(one) != company_name(other)


@given(some.text(min_size=1).filter(lambda text: any(letter.isalnum() for letter in text)))
def test_a_name_never_vanishes_and_is_stable(text: str) -> None:
    assert folded(text) == folded(folded(text))
    assert company_name(text) or not folded(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://www.Example.org/about?x=1", "example.org"),
        ("example.org", "example.org"),
        ("HTTP://user:secret@shop.example.org:8080/", "shop.example.org"),
        ("www.example.org.", "example.org"),
        ("https://müller.example", "xn--mller-kva.example"),
        ("none", ""),
        ("to be announced. soon", ""),
        ("", ""),
    ],
)
def test_a_website_is_known_by_its_host(text: str, host: str) -> None:
    assert domain(text) == host


@pytest.mark.parametrize(("text", "address"), [(" Ada@Example.ORG ", "ada@example.org"), ("none", "")])
def test_an_e_mail_is_known_in_any_case(text: str, address: str) -> None:
    assert email(text) == address


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("+49 (30) 90 18 20", None, "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("030 901820 ext. 12", "DE", "+4930901820 x12"),
        ("030/901820", None, "local 030901820"),
        ("call me", "DE", ""),
        ("12", "DE", ""),
        ("12", None, ""),
    ],
)
def test_a_phone_number_is_known_however_it_is_spelled(text: str, region: str | None, number: str) -> None:
    assert phone(text, region=region) == number


def test_a_contact_is_known_by_its_e_mail_first_and_by_phone_with_last_name_second() -> None:
    found = contact(Email="ada@example.org", Last_Name="Okafor", Phone="030 901820", Mobile="0171 2345678")
    assert found == [
        (1, "e-mail: ada@example.org"),
        (2, "phone and last name: okafor | +4930901820"),
        (2, "phone and last name: okafor | +491712345678"),
    ]


@pytest.mark.parametrize("values", [{"Phone": "030 901820"}, {"First_Name": "Ada"}, {}])
def test_a_contact_is_never_known_by_a_phone_or_first_name_alone(values: dict[str, str]) -> None:
    assert contact(**values) == []


def test_a_contact_is_known_by_its_whole_name_only_where_nothing_surer_is_filled() -> None:
    assert contact(Last_Name="Okafor") == [(3, "name: okafor | none")]
    assert contact(First_Name="Ada", Last_Name="Okafor") == [(3, "name: okafor | ada")]
    assert [rank for rank, _key in contact(First_Name="Ada", Last_Name="Okafor", Email="ada@okafor.example")] == [1]
    assert [rank for rank, _key in contact(Last_Name="Okafor", Phone="030 901820")] == [2]


def test_a_number_that_stands_in_two_fields_is_one_key() -> None:
    assert len(contact(Last_Name="Okafor", Phone="030 901820", Mobile="+4930901820")) == 1


def test_no_number_is_looked_at_without_a_last_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("phonenumbers.parse", parse)
    assert contact(Phone="030 901820", Email="ada@example.org") == [(1, "e-mail: ada@example.org")]


def test_a_company_is_known_by_name_and_website_first_and_by_name_second() -> None:
    found = company(Account_Name="Acme, Inc.", Website="https://acme.example/en")
    assert found == [(1, "name and website: acme | acme.example"), (2, "name: acme")]
    assert company(Account_Name="ACME") == [(2, "name: acme")]
    assert company(Website="acme.example") == []


def test_a_separator_in_a_value_cannot_forge_a_key() -> None:
    assert company(Account_Name="a", Website="b.example | c.example") == [(2, "name: a")]


DEAL = KindSpec(
    kind=Kind("deal"),
    left=KindSide("Pipelines", "Deal", "Deals"),
    right=KindSide("Deals", "Deal", "Deals"),
    module="pipelines",
    fields=(
        FieldPair(name="name", left="Deal_Name", right="Deal_Name", type=FieldType.TEXT),
        FieldPair(name="firm", left="Account_Name", right="Account_Name", type=FieldType.LOOKUP, to=COMPANY),
        FieldPair(name="amount", left="Amount", right="Amount", type=FieldType.MONEY),
    ),
    label_fields=("name",),
    match=(
        MatchRule(
            1,
            "name, company and amount",
            (KeyPart(("name",), Norm.TEXT), KeyPart(("firm",), Norm.RECORD), KeyPart(("amount",), Norm.EXACT)),
        ),
    ),
)


def test_a_record_that_belongs_to_another_is_known_by_what_that_one_is_linked_to() -> None:
    links = {(COMPANY, "8"): "L5", (COMPANY, "88"): "L5"}

    def identify(kind: Kind, record_id: str) -> str | None:
        return links.get((kind, record_id))

    def found(values: Values) -> list[tuple[int, str]]:
        return keys(DEAL, values, region=None, identify=identify)

    left = found({"name": "New Roof!", "firm": "8", "amount": "60000"})
    assert left == found({"name": "new roof", "firm": "88", "amount": "60000"}) != []
    assert found({"name": "new roof", "firm": "99", "amount": "60000"}) == []
    assert keys(DEAL, {"name": "new roof", "firm": "8", "amount": "60000"}, region=None) == []


DEAL_LIKE = KindSpec(
    kind=Kind("deal"),
    left=KindSide("Deals", "Deal", "Deals"),
    right=KindSide("Deals", "Deal", "Deals"),
    module="deals",
    fields=(FieldPair(name="firm", left="firm", right="firm", type=FieldType.LOOKUP, to=COMPANY),),
    label_fields=("name",),
    match=(
        MatchRule(1, "name and firm", (KeyPart(("name",), Norm.TEXT), KeyPart(("firm",), Norm.RECORD, or_none=True))),
    ),
)


def test_records_that_belong_to_nobody_have_that_in_common() -> None:
    values: Values = {"name": "Awning", "firm": None}
    assert keys(DEAL_LIKE, values, region=None, identify=lambda *_: None) == [(1, "name and firm: awning | none")]


def test_a_record_that_belongs_to_an_unlinked_one_is_not_known_by_belonging_to_nobody() -> None:
    values: Values = {"name": "Awning", "firm": "70"}
    assert keys(DEAL_LIKE, values, region=None, identify=lambda *_: None) == []
    assert keys(DEAL_LIKE, values, region=None, identify=lambda *_: "5") == [(1, "name and firm: awning | 5")]


def test_a_kind_says_by_which_records_it_is_known() -> None:
    assert DEAL_LIKE.known_by == {"firm"}
    assert CONTACT_SPEC.known_by == frozenset()
