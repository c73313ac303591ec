"""What counts as having ended as if nothing had happened."""

import pytest

from bigin_sync.replay.reading import read
from tests.torture.ending import Ending
from tests.torture.stories import ROOT, rests

WAITING, OPEN = "contact Ida in bigin: waiting", 1
LINKED = "link: contact Ida"


def _ending(*, aside: tuple[str, ...] = (), links: tuple[str, ...] = (), opened: int = 0) -> Ending:
    return Ending({"bigin contact": ["Ida"]}, list(aside), [], list(links), opened)


UNDISTURBED = _ending(aside=(WAITING,), opened=OPEN)
A_RUN_LATER = _ending(links=(LINKED,))


def test_who_was_stopped_at_the_very_end_may_be_a_run_further() -> None:
    assert A_RUN_LATER.apart(UNDISTURBED, later=A_RUN_LATER) == []
    assert UNDISTURBED.apart(UNDISTURBED, later=A_RUN_LATER) == []


def test_who_is_a_run_further_is_apart_from_who_has_come_to_rest() -> None:
    assert A_RUN_LATER.apart(UNDISTURBED) == [
        "unexpected: 0 open writes",
        f"unexpected: {LINKED}",
        "missing: 1 open writes",
        f"missing: {WAITING}",
    ]


def test_what_is_neither_there_now_nor_a_run_later_is_unexpected() -> None:
    twice = _ending(links=(LINKED, LINKED))
    assert twice.apart(UNDISTURBED, later=A_RUN_LATER) == [f"unexpected: {LINKED}"]


def test_what_is_there_now_and_a_run_later_is_missed() -> None:
    lost = Ending({}, [], [], [LINKED], 0)
    assert lost.apart(UNDISTURBED, later=A_RUN_LATER) == ["missing: bigin contact: Ida"]


@pytest.mark.parametrize(
    ("story", "may"),
    [
        ("brake-all-records-changed", True),
        ("two-workflows-that-fight-are-held", False),
        ("a-new-mandatory-field-stops-its-module", False),
        ("what-an-org-makes-of-our-value-stays-there", False),
        ("workflows-run-only-if-wanted", True),
        ("a-lost-answer-doubles-nobody", True),
        ("a-left-out-owner-crosses-once-known", True),
    ],
)
def test_stories_that_some_more_runs_would_change_are_not_lied_to(story: str, *, may: bool) -> None:
    assert rests(read(ROOT / "fixtures" / f"{story}.yaml")) is may
