"""Run: one pass over one integration. The only file that knows the order of everything.

    settle   writes of an earlier run whose outcome is unknown
    gather   both sides to the end, into the inbox
    sweep    what was deleted, now and then
    plan     match and decide, into the journal; in a first sync while it is applied, if no brake could stop that
    brakes   which modules may go on; the others are stopped before their first write, or before what follows from it
    glance   what was made meanwhile where something is going to be made
    apply    parents first: links, creates, updates; again for what an edit overtook or a new parent released
    join     what belongs to a record by no lookup
    report   every record that was looked at is accounted for

A dry run is the same code up to `brakes`.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from bigin_sync.errors import BrakePulled, StopRun, ViewGone, kept_of
from bigin_sync.model.step import Verb
from bigin_sync.store import copied, inbox, journal, runs
from bigin_sync.store.inbox import State
from bigin_sync.store.modules import StoppedBy
from bigin_sync.sync.again import try_due
from bigin_sync.sync.ahead import Plan, may_wait
from bigin_sync.sync.associating import associate
from bigin_sync.sync.brakes import pulled
from bigin_sync.sync.carrying import carry_out
from bigin_sync.sync.clocks import must_agree
from bigin_sync.sync.foreseeing import foresee
from bigin_sync.sync.gather import gather
from bigin_sync.sync.glance import fresh, glance
from bigin_sync.sync.landing import Work
from bigin_sync.sync.pending import hold_back
from bigin_sync.sync.progress import Counts, Progress, Report, Silent, Stop
from bigin_sync.sync.settle import settle
from bigin_sync.sync.setup import Setup
from bigin_sync.sync.shrunken import shrunken
from bigin_sync.sync.sweep import sweep

CARRIED_OUT = (Verb.LINK, Verb.AGREE, Verb.CREATE, Verb.UPDATE, Verb.MERGE, Verb.PART)
"""Verbs of steps whose entries stay new until the step is carried out."""

ROUNDS = 4
"""How often a kind is planned and applied in one run: once, again for lookups whose record has just been made, and
again for what edits overtook. What is still open then is left for the next run."""


def run(setup: Setup, *, why: str, dry: bool = False, progress: Progress | None = None) -> Report:
    """One pass over one integration. The run's row is closed whatever happens; errors are raised after that.

    A module that a brake stops writes nothing and is named in the report; the others go on. Raises `StopRun` and
    `TryLater` when the run can't go on; what was done is kept.
    """
    telling = progress or Silent()
    started = setup.clock.elapsed()
    with setup.fenced() as session:
        runs.mark_interrupted(session, setup.iid)
        run_id = runs.start(session, setup.iid, why=why, dry=dry, revisions=setup.revisions, fence=setup.fence)
        journal.drop_planned(session, setup.iid)
        copied.forget(session, setup.iid)
    works = [Work(setup, kind, run_id, Counts()) for kind in setup.kinds]
    report = Report(run_id, "dry" if dry else "done", {work.kind.kind: work.counts for work in works})
    try:
        _pass(works, report, dry=dry, progress=telling)
    except BaseException as error:
        report.state = _ended_by(error)
        _finish(works, report, error=kept_of(error))
        raise
    report.seconds = setup.clock.elapsed() - started
    if report.stopped and not dry and all(kind.spec.module in report.stopped for kind in setup.kinds):
        report.state = "stopped"
    _finish(works, report, error=report.brake)
    return report


def _ended_by(error: BaseException) -> str:
    if isinstance(error, BrakePulled):
        return "stopped"
    return "interrupted" if isinstance(error, (StopRun, KeyboardInterrupt)) else "failed"


def _pass(works: list[Work], report: Report, *, dry: bool, progress: Progress) -> None:
    setup = works[0].setup
    for work in works:
        setup.heed()
        settle(work, progress=progress)
    shown = gather(works, progress=progress)
    ahead = {setup.pairing.title(side): client.clock_ahead for side, client in setup.sides.items()}
    must_agree(ahead, within=setup.clock_tolerance)
    brakes: dict[str, list[str]] = {}
    for work in works:
        setup.heed()
        try_due(work, dry=dry)
        reasons = shrunken(work, shown.get(work.kind.kind, {})) or sweep(work)
        brakes.setdefault(work.kind.spec.module, []).extend(reasons)
        hold_back(work)
    plans = _planned(works, report, brakes=brakes, dry=dry, progress=progress)
    if dry:
        for plan in plans:
            foresee(plan.work, works, report)
        return
    for plan, following in zip_longest(plans, plans[1:]):
        if plan.module not in report.stopped:
            _stop(report, {plan.module: _carried_out(plan, works, spare=following, progress=progress)})
    through = [plan.work for plan in plans if plan.module not in report.stopped]
    for work in through:
        associate(work, through, progress=progress)
    for work in works:
        work.counts.check(work.kind.kind, left=_look_at_left(work))


def _stop(report: Report, brakes: Mapping[str, Sequence[str]]) -> None:
    for module, reasons in brakes.items():
        if reasons:
            report.stopped.setdefault(module, Stop(StoppedBy.BRAKE, "; ".join(reasons)))


def _planned(
    works: list[Work], report: Report, *, brakes: dict[str, list[str]], dry: bool, progress: Progress
) -> list[Plan]:
    """Plan everything; the plans of the modules that may go on. What the others would have done is left as planned.

    Plans that no brake could stop are left to be made while they are carried out.
    """
    plans = [Plan(work, dry=dry, progress=progress) for work in works]
    first = {module for module, reasons in brakes.items() if dry or reasons or not may_wait(module, works)}
    for plan in plans:
        if plan.module not in first:
            continue
        try:
            brakes[plan.module].extend(pulled(plan.finish(), plan.work.kind.limits))
        except ViewGone as gone:
            report.stopped[plan.module] = Stop(StoppedBy.VIEW, gone.what)
    _stop(report, brakes)
    return [plan for plan in plans if plan.module not in report.stopped]


def _known_otherwise(work: Work, works: list[Work]) -> bool:
    """Whether records of this kind may be recognised now by records that were linked after they had been planned."""
    parents = {pair.to for name in work.kind.spec.known_by if (pair := work.kind.spec.field(name)) is not None}
    return any(other.counts.linked or other.counts.created for other in works if other.kind.kind in parents)


def _planned_anew(work: Work, *, progress: Progress) -> Plan:
    """The plan of a kind once more, of which nothing has been carried out yet."""
    with work.setup.fenced() as session:
        journal.withdraw(session, work.run_id, kind=work.kind.kind, verbs=CARRIED_OUT)
    plan = Plan(work, dry=False, progress=progress)
    plan.finish()
    return plan


def _carried_out(plan: Plan, works: list[Work], *, spare: Plan | None, progress: Progress) -> list[str]:
    """Carry out what is planned, and what follows from it; the reasons if a brake stops that.

    spare: the plan that comes next, of which some may be made while this one's calls are under way.
    """
    work = plan.work
    if plan.done or not fresh(work):
        plan.finish()
        if glance(work) or _known_otherwise(work, works):
            plan = _planned_anew(work, progress=progress)
            if reasons := pulled(plan.finish(), work.kind.limits):
                return reasons
    if reasons := carry_out(plan, progress=progress, spare=spare):
        return reasons
    tally = plan.finish()
    for _once_more in range(1, ROUNDS):
        work.setup.heed()
        if not _something_new(work):
            break
        created, updated = work.counts.created.total(), work.counts.updated.total()
        plan = Plan(work, dry=False, progress=progress)
        plan.finish()
        if glance(work):
            plan = _planned_anew(work, progress=progress)
        tally = plan.finish().after(tally, created=created, updated=updated)
        if reasons := pulled(tally, work.kind.limits):
            return reasons
        if reasons := carry_out(plan, progress=progress, spare=spare):
            return reasons
    return []


def _something_new(work: Work) -> bool:
    with work.setup.db.read() as session:
        return bool(inbox.slice(session, work.setup.iid, kind=work.kind.kind, states=[State.NEW], limit=1))


def _look_at_left(work: Work) -> set[int]:
    """The entries the next run will find as new; those that were woken after the last round are counted among them."""
    with work.setup.db.read() as session:
        left = set(inbox.ids(session, work.setup.iid, kind=work.kind.kind, state=State.NEW))
    for entry_id in left:
        work.counts.look(entry_id)
    return left


def _finish(works: list[Work], report: Report, *, error: str | None) -> None:
    setup = works[0].setup
    # Not fenced: a run that has lost its lease has to say so, and this row is nobody else's.
    with setup.db.write(setup.iid) as session:
        runs.finish(
            session,
            report.run_id,
            state=report.state,
            counts={kind: counts.to_json() for kind, counts in report.counts.items()},
            error=error,
        )
