"""A job that fails rests longer each time, and goes on by itself."""

from structlog.testing import capture_logs

from bigin_sync.errors import DatabaseDamaged
from bigin_sync.jobs.patience import Patient
from tests.unit.zoho.stage import StillClock

SECRET = "Ida Lindqvist"


def test_what_fails_again_and_again_rests_for_longer_and_longer_and_is_told_each_time_it_was_tried() -> None:
    clock, calls, broken = StillClock(), list[float](), True

    def job() -> None:
        calls.append(clock.elapsed())
        if broken:
            raise DatabaseDamaged("The database is damaged.")

    patient, began = Patient(job, clock=clock, longest=60, failed="the look failed"), clock.elapsed()
    with capture_logs() as logs:
        for _ in range(300):
            patient()
            clock.sleep(1)
        assert [at - began for at in calls] == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
        assert len(logs) == len(calls)
        assert {(line["event"], line["error"], line["why"]) for line in logs} == {
            ("the look failed", "DatabaseDamaged", "The database is damaged.")
        }
        assert logs[-1]["again_in"] == 60
        broken = False
        for _ in range(120):
            patient()
            clock.sleep(1)
        assert len(logs) == 10
        assert len(calls) > 60, "once it went well it is done each time"


def test_what_an_unforeseen_error_says_is_not_told() -> None:
    def job() -> None:
        raise ValueError(SECRET)

    with capture_logs() as logs:
        Patient(job, clock=StillClock(), longest=60, failed="the look failed")()
    assert [(line["error"], line.get("why")) for line in logs] == [("ValueError", None)]
    assert SECRET not in str(logs)
