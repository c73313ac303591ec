"""Two programs are compared fairly, and whoever asks for what can't be compared is told why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import bigin_sync
from tests.bench import main, trees
from tests.bench.against import MOST_ROUNDS, ROUNDS, Figure, Program, Unmeasurable, compare, figures
from tests.bench.arithmetic import Minimum
from tests.bench.measured import Measured
from tests.bench.rig import Spent
from tests.bench.runs import OURS, Failed, Run

BEFORE, NOW = Program("before", Path("before")), Program("now", Path("now"))


def _run(*, calls: int = 10, credits: int = 20, seconds: float = 1.0, peak: float = 100.0) -> Run:
    measured = Measured(seconds=seconds, cpu=1.0, peak_mb=peak, calls={}, credits={}, counts={})
    spent = {"bigin": Spent({"list": calls}, credits=credits), "crm": Spent({}, credits=0)}
    return Run(OURS, "idle", 300, measured, spent, Minimum(reads=4, writes=0, rereads=0))


def _worse(before: list[Run], now: list[Run]) -> set[str]:
    found = figures([[run] for run in before], [[run] for run in now])
    return {figure.measure.name for figure in found if figure.worse}


def test_a_figure_is_worse_when_it_grew_by_more_than_a_tenth() -> None:
    before = [_run(calls=10, credits=20, seconds=1.0, peak=100)]
    assert _worse(before, [_run(calls=11, credits=22, seconds=1.1, peak=110)]) == set()
    worse = _run(calls=12, credits=23, seconds=1.11, peak=110.5)
    assert _worse(before, [worse]) == {"calls", "credits", "seconds", "peak MB"}
    assert _worse([worse], before) == set()


def test_times_and_memory_are_judged_by_the_best_of_all_rounds_and_counts_by_the_most() -> None:
    calm, busy = _run(), _run(calls=12, credits=24, seconds=9.0, peak=200)
    assert _worse([calm, calm], [busy, calm]) == {"calls", "credits"}


def test_what_there_was_nothing_of_may_not_come_up() -> None:
    found = {each.measure.name: each for each in figures([[_run(calls=0, credits=0)]], [[_run(calls=1, credits=0)]])}
    assert (found["calls"].worse, found["calls"].ratio) == (True, float("inf"))
    assert (found["credits"].worse, found["credits"].ratio) == (False, 1.0)


def _compared(*seconds: tuple[float, float], calls: int = 10) -> tuple[list[str], list[Figure]]:
    """Who was measured, one after the other, and what was found, where each round takes so long before and now."""
    order: list[str] = []

    def work(*, tree: Path) -> Iterator[Run]:
        order.append(tree.name)
        took = seconds[min((len(order) - 1) // 2, len(seconds) - 1)]
        yield _run(seconds=took[tree.name == "now"], calls=calls if tree.name == "now" else 10)

    return order, compare(work, BEFORE, NOW, tell=print)


def test_the_programs_take_turns_and_each_begins_every_other_round() -> None:
    order, found = _compared((1.0, 1.0))
    assert (ROUNDS, order) == (4, ["before", "now", "now", "before"] * 2)
    assert not any(figure.worse for figure in found)


def test_what_looks_slower_is_measured_in_further_rounds() -> None:
    order, found = _compared(*[(1.0, 1.5)] * ROUNDS, (1.0, 1.0))
    assert (len(order), any(figure.worse for figure in found)) == (2 * (ROUNDS + 1), False)
    order, found = _compared((1.0, 1.5))
    assert (len(order), any(figure.worse for figure in found)) == (2 * MOST_ROUNDS, True)


def test_more_calls_are_more_calls_in_every_round() -> None:
    order, found = _compared((1.0, 1.0), calls=12)
    assert (len(order), [figure.measure.name for figure in found if figure.worse]) == (2 * ROUNDS, ["calls"])


def test_a_program_that_this_benchmark_can_not_start_is_told_with_the_reason_alone() -> None:
    def work(*, tree: Path) -> Iterator[Run]:
        raise Failed('Traced:\n  File "one", line 1\n    one()\n  File "two", line 2\n    two()\nBad: wrong\n  twice')
        yield _run()

    with pytest.raises(Unmeasurable, match=r"^The program of before can't [a-z ]+: Bad: wrong twice$"):
        compare(work, BEFORE, NOW, tell=print)


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
