"""Two programs are compared fairly, and whoever asks for what can't be compared is told why."""

import json
from io import StringIO
from pathlib import Path
from threading import Barrier, Event
from time import process_time, thread_time

import pytest
from rich.console import Console

import bigin_sync
from tests.bench import main, trees
from tests.bench.against import MOST_ROUNDS, ROUNDS, Figure, Program, Unmeasurable, compare, figures
from tests.bench.arithmetic import Minimum
from tests.bench.measured import Measured
from tests.bench.report import show_figures, write_figures
from tests.bench.rig import Spent
from tests.bench.runs import OURS, Doing, Failed, Run

BUSY = 0.01
"""Seconds of a processor's time that nobody spends by waiting."""
BEFORE, NOW = Program("before", Path("before")), Program("now", Path("now"))


def _run(*, calls: int = 10, credits: int = 20, seconds: float = 1.0, peak: float = 100.0) -> Run:
    measured = Measured(seconds=seconds, cpu=1.0, peak_mb=peak, calls={}, credits={}, counts={})
    spent = {"bigin": Spent({"list": calls}, credits=credits), "crm": Spent({}, credits=0)}
    return Run(OURS, "idle", 300, measured, spent, Minimum(reads=4, writes=0, rereads=0))


def _found(*rounds: tuple[Run, Run]) -> dict[str, Figure]:
    return {figure.measure.name: figure for figure in figures([[each] for each in rounds])}


def _worse(*rounds: tuple[Run, Run]) -> set[str]:
    return {name for name, figure in _found(*rounds).items() if figure.worse}


def test_a_figure_is_worse_when_it_grew_by_more_than_a_tenth() -> None:
    before = _run(calls=10, credits=20, seconds=1.0, peak=100)
    assert _worse((before, _run(calls=11, credits=22, seconds=1.1, peak=110))) == set()
    worse = _run(calls=12, credits=23, seconds=1.11, peak=110.5)
    assert _worse((before, worse)) == {"calls", "credits", "seconds", "peak MB"}
    assert _worse((worse, before)) == set()


def test_counts_are_judged_by_the_most_of_all_rounds() -> None:
    fewer, more = _run(), _run(calls=12, credits=24)
    assert _worse((fewer, fewer), (fewer, more), (fewer, fewer)) == {"calls", "credits"}


def test_times_and_memory_are_judged_by_the_middle_of_how_they_compare_within_a_round() -> None:
    # The machine grew slower and slower, for both alike; only the last round was slow for one of them alone.
    rounds = [(1.0, 1.05), (2.0, 2.1), (4.0, 4.2), (8.0, 8.4), (1.0, 9.0)]
    found = _found(*((_run(seconds=then, peak=then), _run(seconds=now, peak=now)) for then, now in rounds))
    for name in ("seconds", "peak MB"):
        assert (found[name].before, found[name].now) == (2.0, 4.2)
        assert found[name].ratio == pytest.approx(1.05)
        assert not found[name].worse


def test_what_there_was_nothing_of_may_not_come_up() -> None:
    found = _found((_run(calls=0, credits=0), _run(calls=1, credits=0)))
    assert (found["calls"].worse, found["calls"].ratio) == (True, float("inf"))
    assert (found["credits"].worse, found["credits"].ratio) == (False, 1.0)


@pytest.mark.parametrize(
    ("under", "over", "clear"),
    [
        (4, 0, False),
        (5, 0, True),
        (0, 5, True),
        (6, 1, False),
        (7, 1, True),
        (9, 2, True),
        (8, 2, False),
        (7, 8, False),
    ],
)
def test_a_time_is_clear_once_chance_would_hardly_lay_its_rounds_so_unevenly_around_the_bound(
    under: int, over: int, clear: bool
) -> None:
    calm, slow = (_run(), _run(seconds=1.0)), (_run(), _run(seconds=1.2))
    assert _found(*[calm] * under, *[slow] * over)["seconds"].clear is clear


def test_each_figure_is_told_with_its_verdict_and_whether_that_is_clear(tmp_path: Path) -> None:
    console, path = Console(record=True, width=140, file=StringIO()), tmp_path / "figures.json"
    found = list(_found(*[(_run(calls=0), _run(calls=3, seconds=1.2))] * 3).values())
    show_figures(console, found, before="before", now="now")
    lines = {
        figure.measure.name: line
        for figure in found
        for line in console.export_text(clear=False).splitlines()
        if figure.measure.name in line
    }
    assert [name for name, line in lines.items() if "WORSE" in line] == ["calls", "seconds"]
    assert [name for name, line in lines.items() if "not clear" in line] == ["seconds", "peak MB"]
    write_figures(path, found)
    kept = json.loads(path.read_text(), parse_constant=pytest.fail)
    assert [(one["ratio"], one["rounds"], one["worse"], one["clear"]) for one in kept] == [
        (None, 3, True, True),
        (1.0, 3, False, True),
        (1.2, 3, True, False),
        (1.0, 3, False, False),
    ]


def _compared(*seconds: tuple[float, float], calls: int = 10) -> tuple[int, list[Figure]]:
    """How many rounds there were, and what was found, where each takes so long before and now; the last one repeats."""
    begun: dict[str, int] = {BEFORE.tree.name: 0, NOW.tree.name: 0}

    def work(*, tree: Path) -> Doing:
        took = seconds[min(begun[tree.name], len(seconds) - 1)]
        begun[tree.name] += 1
        yield _run(seconds=took[tree == NOW.tree], calls=calls if tree == NOW.tree else 10)

    found = compare(work, BEFORE, NOW, tell=print)
    assert begun[BEFORE.tree.name] == begun[NOW.tree.name]
    return begun[NOW.tree.name], found


def test_each_step_of_the_one_program_is_done_beside_the_same_step_of_the_other() -> None:
    together, told = Barrier(2, timeout=10), list[str]()

    def work(*, tree: Path) -> Doing:
        for seconds in (1.0, 2.0):
            together.wait()
            yield _run(seconds=seconds + (tree == NOW.tree) / 10)

    compare(work, BEFORE, NOW, tell=told.append)
    assert len(told) == 2 * 2 * ROUNDS
    assert [(line.split(",")[0], line.split()[-2]) for line in told[:4]] == [
        ("before", "1.0"),
        ("now", "1.1"),
        ("before", "2.0"),
        ("now", "2.1"),
    ]


def test_who_is_done_first_keeps_the_machine_busy_until_the_other_is_done() -> None:
    busy: list[float] = []

    def by_others() -> float:
        return process_time() - thread_time()

    def work(*, tree: Path) -> Doing:
        began = by_others()
        if tree == NOW.tree:
            waited = (Event().wait(0.001) for _ in range(1_000))
            busy.append(next((spent for _ in waited if (spent := by_others() - began) > BUSY), 0.0))
        yield _run()

    compare(work, BEFORE, NOW, tell=print)
    assert min(busy) > BUSY


def test_what_is_clear_at_once_takes_the_fewest_rounds() -> None:
    for seconds, worse in ((1.0, False), (1.5, True)):
        rounds, found = _compared((1.0, seconds))
        assert (rounds, any(figure.worse for figure in found)) == (ROUNDS, worse)


def test_what_is_not_clear_is_measured_in_further_rounds() -> None:
    slow, alike = (1.0, 1.5), (1.0, 1.0)
    rounds, found = _compared(slow, alike)
    assert (rounds, any(figure.worse for figure in found)) == (8, False)
    rounds, found = _compared(*[slow, alike] * MOST_ROUNDS)
    assert (rounds, any(figure.worse for figure in found)) == (MOST_ROUNDS, True)


def test_more_calls_are_more_calls_in_every_round() -> None:
    rounds, found = _compared((1.0, 1.0), calls=12)
    assert (rounds, [figure.measure.name for figure in found if figure.worse]) == (ROUNDS, ["calls"])


def test_a_program_that_this_benchmark_can_not_start_is_told_with_the_reason_alone() -> None:
    said = 'Traced:\n  File "one", line 1\n    one()\n  File "two", line 2\n    two()\nBad: wrong\n  twice'
    closed: list[str] = []

    def work(*, tree: Path) -> Doing:
        try:
            yield _run()
            if tree == BEFORE.tree:
                raise Failed(said)
            yield _run()
        finally:
            closed.append(tree.name)

    with pytest.raises(Unmeasurable, match=r"^The program of before can't [a-z ]+: Bad: wrong twice$"):
        compare(work, BEFORE, NOW, tell=print)
    assert sorted(closed) == ["before", "now"]


def test_both_programs_lie_in_folders_of_their_own_that_are_gone_afterwards() -> None:
    with trees.tree_of("HEAD") as then, trees.tree_of_now() as now:
        for folder in (then, now):
            assert (folder / "bigin_sync" / "__init__.py").is_file()
            assert (folder / "tests" / "bench" / "measured.py").is_file()
        assert len({then, now, Path(bigin_sync.__file__).parents[1]}) == 3
    assert not then.exists()
    assert not now.exists()


def _told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, commit: str) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["bench", f"--against={commit}"])
    code = main.main()
    return code, capsys.readouterr().err


@pytest.mark.parametrize("commit", ["no-such-commit", "--help", ""])
def test_an_unknown_commit_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], commit: str
) -> None:
    code, told = _told(monkeypatch, capsys, commit=commit)
    assert (code, f"git knows no commit {commit!r} here" in told) == (2, True)


def test_that_git_is_missing_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _told(monkeypatch, capsys, commit="HEAD") == (
        2,
        "An older program is taken out of git, and git is not installed.\n",
    )


def test_that_there_is_no_history_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(trees, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    code, told = _told(monkeypatch, capsys, commit="HEAD")
    assert (code, "not a git repository" in told) == (2, True)
