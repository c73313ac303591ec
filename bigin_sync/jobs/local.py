"""Local: a keeper and its signs of life, woken by APScheduler in this process until somebody says stop."""

import logging
import threading
from datetime import UTC

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bigin_sync.clock import Clock
from bigin_sync.errors import LeaseLost
from bigin_sync.jobs.keeper import Keeper
from bigin_sync.jobs.patience import Patient
from bigin_sync.jobs.vital import Vital

log = structlog.get_logger(__name__)

LOOK = 1.0
"""Seconds between two looks at the database for what is due: a few rows, no call."""

BEAT = 1.0
"""Seconds after which a changed sign of life is written down."""

LONGEST_REST = 60.0
LONGEST_SILENCE = 5.0
"""Seconds for which no look is tried, and no sign of life, after several have failed. A daemon that is silent for much
longer passes for dead.
"""


def keep(keeper: Keeper, vital: Vital, *, clock: Clock, stop: threading.Event) -> None:
    """Look and show signs of life until `stop` is set; then the run under way is waited for, which ends early.

    Raises `LeaseLost` when another daemon has taken this one's place. Signal handlers work in it.
    """
    # A long run makes the next look late, of which the scheduler would warn every second; its errors are told.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    replaced: list[LeaseLost] = []

    def beat() -> None:
        try:
            vital.beat()
        except LeaseLost as error:
            replaced.append(error)
            stop.set()

    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(2)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    jobs = (
        ("look", LOOK, Patient(keeper.look, clock=clock, longest=LONGEST_REST, failed="the look failed")),
        ("beat", BEAT, Patient(beat, clock=clock, longest=LONGEST_SILENCE, failed="no sign of life could be written")),
    )
    for name, seconds, job in jobs:
        scheduler.add_job(job, "interval", seconds=seconds, id=name, next_run_time=clock.now())
    scheduler.start()
    try:
        stop.wait()
        log.info("stopping: what is under way is finished first; a second signal ends everything at once")
        scheduler.remove_job("look")
        keeper.finish()
    finally:
        stop.set()
        scheduler.shutdown(wait=True)
    if replaced:
        raise replaced[0]
