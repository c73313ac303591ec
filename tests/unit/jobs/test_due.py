from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bigin_sync.jobs.due import Bounds, due_now, next_due, next_time
from bigin_sync.store.dues import Due

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOUNDS = Bounds(30, 600)


def looked(last: Due | None, *, news: bool = False, bounds: Bounds = BOUNDS) -> Due:
    return next_due(last, module="contacts", bounds=bounds, news=news, now=NOW, revision=1)


def seconds(due: Due) -> float:
    return (due.at - NOW).total_seconds()


def test_after_news_a_module_is_looked_at_again_as_soon_as_is_allowed() -> None:
    due = looked(Due("contacts", NOW, 600, 9, 1), news=True)
    assert (seconds(due), due.interval, due.quiet_runs) == (30, 30, 0)


def test_every_quiet_look_makes_the_next_pause_longer_up_to_the_bound() -> None:
    due, pauses = looked(None), []
    for _ in range(10):
        due = looked(due)
        pauses.append(seconds(due))
    assert pauses[:3] == [45, 67.5, 101.25]
    assert pauses[-2:] == [600, 600]
    assert due.quiet_runs == 10


def test_equal_bounds_make_a_fixed_interval() -> None:
    fixed = Bounds(60, 60)
    due = looked(Due("contacts", NOW, 500, 3, 1), bounds=fixed)
    assert [seconds(due), seconds(looked(due, bounds=fixed)), seconds(looked(due, news=True, bounds=fixed))] == [60] * 3


@given(st.floats(0.1, 1e6), st.booleans(), st.floats(1, 1000), st.floats(1, 1000))
def test_no_pause_leaves_its_bounds(interval: float, news: bool, one: float, other: float) -> None:
    bounds = Bounds(min(one, other), max(one, other))
    due = looked(Due("contacts", NOW, interval, 2, 1), news=news, bounds=bounds)
    assert bounds.shortest <= due.interval <= bounds.longest


def test_what_became_due_while_nobody_looked_is_due_now() -> None:
    dues = {"contacts": Due("contacts", NOW - timedelta(days=3), 600, 9, 1)}
    assert due_now({"contacts": 1}, dues, now=NOW) == ["contacts"]


def test_all_that_is_due_is_due_together_and_in_order() -> None:
    later = NOW + timedelta(seconds=1)
    dues = {
        "contacts": Due("contacts", NOW, 30, 0, 1),
        "pipelines": Due("pipelines", later, 30, 0, 1),
        "notes": Due("notes", NOW, 30, 0, 1),
    }
    running = dict.fromkeys(["contacts", "pipelines", "notes"], 1)
    assert due_now(running, dues, now=NOW) == ["contacts", "notes"]
    assert next_time(running, dues) == NOW


def test_a_module_never_looked_at_or_just_switched_on_or_with_other_settings_is_due_now() -> None:
    later = NOW + timedelta(seconds=500)
    dues = {name: Due(name, later, 500, 5, 1) for name in ("changed", "resumed", "same")}
    running = {"new": 1, "changed": 2, "resumed": 1, "same": 1}
    assert due_now(running, dues, now=NOW, fresh={"resumed"}) == ["new", "changed", "resumed"]


def test_a_module_that_is_switched_off_is_never_due() -> None:
    assert due_now({}, {"contacts": Due("contacts", NOW, 30, 0, 1)}, now=NOW) == []
    assert next_time({}, {"contacts": Due("contacts", NOW, 30, 0, 1)}) is None
