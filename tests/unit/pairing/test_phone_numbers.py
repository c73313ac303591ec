"""Phone numbers: the quick way to their one spelling never leads anywhere else than the long way."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bigin_sync.pairing.phone_numbers import any_number, phone, plain_number

REGIONS = some.sampled_from([None, *sorted(phonenumbers.SUPPORTED_REGIONS)])
KINDS = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE)
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
SPELLINGS = some.sampled_from([PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164])


def examples(region: str) -> list[phonenumbers.PhoneNumber]:
    found = (phonenumbers.example_number_for_type(region, kind) for kind in KINDS)
    return [number for number in found if number is not None]


@given(some.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), SPELLINGS, REGIONS)
def test_a_real_number_of_any_country_is_spelled_the_same_both_ways(abroad: str, spelling: int, home: str) -> None:
    for number in examples(abroad):
        text = phonenumbers.format_number(number, spelling)
        assert plain_number(text) in ("", any_number(text, region=home))


@given(some.sampled_from(CODES), some.text("0123456789", min_size=0, max_size=16), REGIONS)
@example(44, "02079460123", "GB")
@example(39, "0612345678", "IT")
@example(1, "12125550123", "US")
@example(54, "91123456789", "AR")
@example(7, "88005553535", "RU")
def test_whatever_digits_follow_a_country_code_both_ways_agree(code: int, digits: str, home: str | None) -> None:
    text = f"+{code} {digits}".strip()
    assert plain_number(text) in ("", any_number(text, region=home))


@given(some.text("+0123456789 .-()/x", max_size=24), REGIONS)
def test_whatever_is_written_both_ways_agree(text: str, home: str | None) -> None:
    assert plain_number(text) in ("", any_number(text, region=home))


@pytest.mark.parametrize(
    "text",
    ["+1 617 555 0100", "+16175550100", "+1.617.555.0100", "+44 20 7946 0123", "+49 30-901820", "+353 1 496 0123"],
)
def test_a_number_written_in_full_is_not_parsed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object) -> None:
        raise AssertionError

    slow = any_number(text, region=None)
    monkeypatch.setattr("phonenumbers.parse", parse)
    assert phone(text, region="DE") == slow != ""
