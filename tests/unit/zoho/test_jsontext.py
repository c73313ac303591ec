"""Numbers cross the wire digit by digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigin_sync.errors import Bug
from bigin_sync.zoho import jsontext

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**18), max_value=10**18),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(plain)
def test_what_is_written_is_read_back_exactly(value: object) -> None:
    text = jsontext.dumps(value)
    assert jsontext.loads(text) == value
    assert jsontext.dumps(jsontext.loads(text)) == text


def test_an_amount_beyond_the_reach_of_a_binary_float_keeps_all_its_digits() -> None:
    assert jsontext.dumps({"Amount": Decimal("12345678901234567.89")}) == '{"Amount":12345678901234567.89}'


@pytest.mark.parametrize("value", [Decimal("NaN"), float("inf"), object(), {1, 2}])
def test_what_json_cannot_hold_is_a_bug(value: object) -> None:
    with pytest.raises(Bug):
        jsontext.dumps({"x": value})


def test_half_a_character_becomes_a_whole_sign_and_all_others_stay() -> None:
    told = jsontext.loads(rb'{"a\ud800": ["cut \ud83d", "\ud83d\ude00 \u0000", 1.5], "b": {"c": null}}')
    assert told == {"a\ufffd": ["cut \ufffd", "😀 \0", Decimal("1.5")], "b": {"c": None}}
