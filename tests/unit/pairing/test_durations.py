"""How long a call took: seconds inside, `mm:ss` or minutes on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bigin_sync.pairing.durations import in_minutes, read_duration, write_clock, write_minutes


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [("02:05", "125"), ("00:00", "0"), ("75:00", "4500"), ("1:02:03", "3723"), ("45", "45"), (45, "45"), (None, None)],
)
def test_a_duration_is_read_as_seconds(raw: object, seconds: str | None) -> None:
    assert read_duration(raw) == seconds


@pytest.mark.parametrize("raw", ["soon", "1:2:3:4", "-1:00", "1.5", ":"])
def test_what_is_no_duration_is_never_read_as_blank(raw: str) -> None:
    assert read_duration(raw) == raw
    assert write_clock(raw) == raw
    assert write_minutes(raw) == raw


@pytest.mark.parametrize(
    ("seconds", "whole"), [("125", "120"), ("150", "180"), ("20", "60"), ("0", "0"), ("120", "120"), (None, None)]
)
def test_a_side_that_counts_minutes_gets_the_nearest_and_at_least_one(seconds: str | None, whole: str | None) -> None:
    assert in_minutes(seconds) == whole


def test_blank_stays_blank() -> None:
    assert write_clock(None) is None
    assert write_minutes(None) is None


@given(some.integers(0, 10**6).map(str))
def test_what_is_written_is_read_back(seconds: str) -> None:
    assert read_duration(write_clock(seconds)) == seconds
    minutes = write_minutes(in_minutes(seconds))
    assert isinstance(minutes, int)
    assert str(minutes * 60) == in_minutes(seconds)
