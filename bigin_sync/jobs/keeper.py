"""The keeper: looks what is due, runs it, and notes when to look again. What the daemon does, without its clock."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bigin_sync.errors import BrakePulled, Interrupted, OutOfCredits
from bigin_sync.jobs.assemble import RUNS
from bigin_sync.jobs.backoff import Rest, for_a_person, rest_after, unforeseen
from bigin_sync.jobs.due import Bounds, due_now, next_due, next_time
from bigin_sync.jobs.room import Room
from bigin_sync.jobs.vital import Vital
from bigin_sync.jobs.work import work
from bigin_sync.store import dues, modules, notices, orgs
from bigin_sync.store.dues import Due
from bigin_sync.store.modules import ModuleState
from bigin_sync.sync.progress import Aside, Report

log = structlog.get_logger(__name__)

WHY = "due"
"""What the history gives as the reason of these runs."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a look finds.

    running: module that is switched on, parents first -> number of its settings. first: those whose first sync is not
    over. print: changes whenever somebody has changed something: a module's state or settings, a connection.
    """

    running: Mapping[str, int | None]
    first: frozenset[str]
    dues: Mapping[str, Due]
    print: tuple[object, ...]

    @property
    def live(self) -> frozenset[str]:
        """The modules that are in sync already."""
        return frozenset(self.running) - self.first


class Keeper:
    """Keeps one integration in sync, one run at a time.

    stop: once set, a run under way ends early and nothing is begun any more. shown: told of every run that came to its
    end. crashed: told of what nobody foresaw; it may keep a report.
    """

    def __init__(
        self,
        room: Room,
        iid: int,
        *,
        bounds: Bounds,
        vital: Vital,
        stop: threading.Event,
        shown: Callable[[Report], None] | None = None,
        crashed: Callable[[Exception], None] | None = None,
    ) -> None:
        self._room = room
        self._iid = iid
        self._bounds = bounds
        self._vital = vital
        self._stop = stop
        self._shown = shown
        self._crashed = crashed
        self._turn = threading.Lock()
        self._failures = 0
        self._rest: Rest | None = None
        self._print: tuple[object, ...] = ()
        self._known: frozenset[str] | None = None

    def look(self) -> Report | None:
        """One look: a run over all that is due, if something is, and if no rest is to be kept.

        What ends a run is not raised, but makes the keeper rest. A rest is over early when somebody changes something:
        that may have been the cure.
        """
        with self._turn:
            if self._stop.is_set():
                return None
            now = self._room.clock.now()
            standing = self._standing()
            if self._rest is not None and now < self._rest.until and standing.print == self._print:
                self._vital.waits(self._rest.until)
                return None
            fresh = frozenset(standing.running).difference(standing.running if self._known is None else self._known)
            names = due_now(standing.running, standing.dues, now=now, fresh=fresh)
            # A first sync stops at a smaller share of the credits: what is in sync already runs by itself, and before.
            names = [name for name in names if name not in standing.first] or names
            self._known = frozenset(standing.running) - fresh.difference(names)
            if not names:
                self._vital.waits(next_time(standing.running, standing.dues))
                return None
            return self._run(standing, names)

    def rest(self) -> Rest | None:
        """Why nothing is tried now, if so."""
        return self._rest

    def finish(self) -> None:
        """Wait until the look under way is over."""
        with self._turn:
            return

    def _run(self, standing: Standing, names: list[str]) -> Report | None:
        log.info("run begins", modules=names)
        self._vital.began(names)
        report: Report | None = None
        rest: Rest | None = None
        try:
            report = work(self._room, self._iid, why=WHY, modules=names, progress=self._vital, stop=self._stop)
        except Exception as error:  # noqa: BLE001 -- whatever ends a run, the daemon goes on, and says why it rests
            if isinstance(error, Interrupted) and self._stop.is_set():
                log.info("run ended early", why=error.what)
            else:
                rest = self._fail(error)
                only_first = standing.live and standing.first.issuperset(names)
                if only_first and isinstance(error, (BrakePulled, OutOfCredits)):
                    self._put_off(standing, names, rest)
                    rest = None
        else:
            self._failures = 0
            self._note(standing, names, report)
        after = self._standing()
        self._rest, self._print = rest, after.print
        self._vital.ended(rest=rest)
        self._vital.waits(next_time(after.running, after.dues) if rest is None else rest.until)
        if report is not None:
            self._tell(standing, after, report)
        return report

    def _put_off(self, standing: Standing, names: list[str], rest: Rest) -> None:
        """A first sync has used up its share of the credits, or waits for a person: the other modules go on now."""
        labels = ", ".join(self._room.pairing.module(name).label for name in names)
        waits = (rest.until - self._room.clock.now()).total_seconds()
        with self._room.db.write(self._iid) as session:
            dues.put(
                session,
                self._iid,
                dues=[Due(name, rest.until, waits, 0, standing.running[name]) for name in names],
            )
            text = f"The first sync of {labels} pauses, and what is in sync already goes on: {rest.why}"
            notices.add(session, self._iid, text=text)

    def _fail(self, error: Exception) -> Rest:
        """The rest that is needed now, told where a person will see it."""
        self._failures += 1
        rest = rest_after(error, failures=self._failures, now=self._room.clock.now())
        kind = type(error).__name__
        log.warning("run ended early", error=kind, why=rest.why, again=rest.until.isoformat(timespec="seconds"))
        if for_a_person(error):
            with self._room.db.write(self._iid) as session:
                notices.add(session, self._iid, text=rest.why)
        if unforeseen(error) and self._crashed is not None:
            self._crashed(error)
        return rest

    def _note(self, standing: Standing, names: list[str], report: Report) -> None:
        """When the modules that were looked at are due again; now, if a record waits for one of another module."""
        now = self._room.clock.now()
        noted = [
            next_due(
                standing.dues.get(name),
                module=name,
                bounds=self._bounds,
                news=self._has_news(name, report),
                now=now,
                revision=standing.running[name],
            )
            for name in names
        ]
        noted += self._awaited(standing, names, report, now)
        with self._room.db.write(self._iid) as session:
            dues.put(session, self._iid, dues=noted)

    def _has_news(self, name: str, report: Report) -> bool:
        counts = [report.counts[kind] for kind in self._room.pairing.module(name).kinds if kind in report.counts]
        return any(count.news for count in counts)

    def _awaited(self, standing: Standing, names: list[str], report: Report, now: datetime) -> list[Due]:
        """Modules that were not looked at, and on whose records something waits since this run."""
        wanted = {
            earlier
            for name in names
            for kind in self._room.pairing.module(name).kinds
            if kind in report.counts and report.counts[kind].aside(Aside.WAITING)
            for earlier in self._room.pairing.module(name).after
        }
        return [
            Due(name, now, self._bounds.shortest, 0, standing.dues[name].revision)
            for name in sorted(wanted)
            if name in standing.dues and name in standing.running and name not in names
        ]

    def _tell(self, before: Standing, after: Standing, report: Report) -> None:
        counts = {kind: {name: n for name, n in each.to_json().items() if n} for kind, each in report.counts.items()}
        log.info("run ended", run=report.run_id, state=report.state, seconds=round(report.seconds, 2), counts=counts)
        for name in sorted((before.first & after.running.keys()) - after.first):
            log.info("first sync finished", module=name)
        for name, stop in report.stopped.items():
            log.warning("module stopped", module=name, why=stop.why)
        if self._shown is not None:
            self._shown(report)

    def _standing(self) -> Standing:
        with self._room.db.read() as session:
            known = {module.name: module for module in modules.listing(session, self._iid)}
            connected = [(org.org_id, org.connected_at, org.checked_at) for org in orgs.listing(session, self._iid)]
            numbers = {
                spec.name: revision.number
                for spec in self._room.pairing.modules
                if (revision := modules.revision(session, self._iid, module=spec.name)) is not None
            }
            found = dues.listing(session, self._iid)
        running = {
            spec.name: numbers.get(spec.name)
            for spec in self._room.pairing.modules
            if spec.name in known and known[spec.name].state in RUNS
        }
        first = frozenset(name for name in running if known[name].state is ModuleState.FIRST_SYNC)
        states = tuple((module.name, module.state, module.revision_id) for module in known.values())
        return Standing(running, first, found, (states, tuple(connected)))
