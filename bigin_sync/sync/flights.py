"""Flights: remote writes under way, several at a time on each side, with one thread owning the database. A shell.

A flight is said before it leaves (its intent is committed) and told when it lands (outcome, link and inbox in one
transaction). What has landed and what leaves next share a transaction, so a busy run commits once per turn, not per
call. A turn lets only a few leave, so that they are on their way while the next ones are prepared.

An errand has two legs, and what its first one reads must be as young as can be when the second one writes. So it leaves
only where a slot is free, nothing queues for that side's slots until it is back, and its second leg leaves by itself in
the turn in which the first has landed.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from enum import Enum
from typing import Any, Final, Protocol

from bigin_sync.model.side import Side
from bigin_sync.store.db import Session
from bigin_sync.sync.setup import Setup, stopped

AHEAD = 2
"""Calls handed to a side beyond its concurrency, so that none of its slots waits for the database."""

A_TURN = 2
"""Calls of a side that leave in one turn, at most."""


class Flight(Protocol):
    """One remote call and what belongs to it."""

    side: Side

    def leave(self, session: Session) -> None:
        """Write down the intent, before the call."""
        ...

    def call(self) -> object:
        """The remote call; runs in the side's pool, away from the database."""
        ...

    def land(self, session: Session, answer: "Future[Any]") -> "Flight | None":
        """Write down the outcome. May give the next leg of the same errand. Raises nothing for what the answer holds:
        an error that must stop the run is raised by `trouble`.
        """
        ...

    def trouble(self, answer: "Future[Any]") -> BaseException | None:
        """The error the run must stop with after this landing, if any."""
        ...


class Later(Enum):
    """What a supply gives whose next flight has to wait for what is done meanwhile."""

    LATER = "later"


LATER: Final = Later.LATER

Supply = Callable[[Session, Side], "Flight | Later | None"]
"""Gives the next flight of a side, `LATER`, or None when there is none left."""


class Meanwhile(Protocol):
    """Work that needs no call, for while the calls are under way."""

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        ...

    def some(self) -> None:
        """Do the next piece, in transactions of its own."""
        ...


class Chores:
    """Several pieces of work, one after the other."""

    def __init__(self, *chores: Meanwhile) -> None:
        self._chores = chores

    @property
    def done(self) -> bool:
        """Whether nothing is left of any."""
        return all(chore.done for chore in self._chores)

    def some(self) -> None:
        """Do the next piece of the first that is not done."""
        for chore in self._chores:
            if not chore.done:
                chore.some()
                return


def nothing(_session: Session, _side: Side) -> None:
    """A supply that has nothing to give."""


def fly(
    setup: Setup,
    supply: Supply,
    *,
    sides: tuple[Side, ...],
    errands: Supply = nothing,
    meanwhile: Meanwhile | None = None,
    spare: Meanwhile | None = None,
) -> None:
    """Let all flights of these sides leave and land, and have the other work done.

    errands: gives the first legs of what has two, which go before what `supply` gives. spare: work that is done only as
    long as something is in the air.

    After trouble, or once the run was asked to stop, nothing leaves any more, everything in the air lands, and the
    first trouble is raised.
    """
    _Sky(setup, (errands, supply), sides, (meanwhile or Chores(), spare or Chores())).run()


class _Sky:
    def __init__(
        self,
        setup: Setup,
        supplies: tuple[Supply, Supply],
        sides: tuple[Side, ...],
        chores: tuple[Meanwhile, Meanwhile],
    ) -> None:
        self._setup = setup
        self._errands, self._supply = supplies
        self._meanwhile, self._spare = chores
        self._open = set(sides)
        self._in_air: dict[Future[Any], Flight] = {}
        self._first_legs: list[Flight] = []
        self._second_legs: list[Flight] = []
        self._waiting: dict[Side, Flight] = {}
        self._trouble: BaseException | None = None
        self._crowd = False
        """Whether more may leave at once than the last turn let, or when the work in between is done."""

    def run(self) -> None:
        landed: list[Future[Any]] = []
        try:
            while True:
                leaving = self._turn(landed)
                for flight in leaving:
                    self._in_air[self._setup.sides[flight.side].submit(flight.call)] = flight
                if not landed and not leaving:
                    self._work()
                if not self._in_air and not self._busy:
                    break
                done, _ = wait(self._in_air, timeout=0 if self._busy else None, return_when=FIRST_COMPLETED)
                landed = [future for future in done if self._in_air[future] in self._first_legs] or list(done)
        except BaseException:
            # What is in the air may still take effect; its intent is in the journal, and settle finds out.
            wait(self._in_air)
            raise
        if self._trouble is not None:
            raise self._trouble

    @property
    def _busy(self) -> bool:
        """Whether there is something to do before anything lands."""
        return self._crowd or self._chore() is not None

    def _chore(self) -> Meanwhile | None:
        """The other work to go on with: not while a second leg would wait for it, and not after trouble."""
        if self._first_legs or self._trouble is not None:
            return None
        if not self._meanwhile.done:
            return self._meanwhile
        return self._spare if self._in_air and not self._spare.done else None

    def _work(self) -> None:
        chore = self._chore()
        try:
            if chore is not None:
                chore.some()
        except Exception as error:  # noqa: BLE001 -- raised again as soon as everything in the air has landed
            self._trouble = error

    def _turn(self, landed: list["Future[Any]"]) -> list[Flight]:
        leaving: list[Flight] = []
        self._crowd = False
        with self._setup.fenced() as session:
            for future in landed:
                self._land(session, future)
            if self._trouble is None and self._setup.stop.is_set():
                self._trouble = stopped()
            if self._trouble is None:
                leaving = self._depart(session)
            for flight in leaving:
                flight.leave(session)
        return leaving

    def _land(self, session: Session, future: "Future[Any]") -> None:
        flight = self._in_air.pop(future)
        if flight in self._first_legs:
            self._first_legs.remove(flight)
        second_leg = flight.land(session, future)
        self._trouble = self._trouble or flight.trouble(future)
        if second_leg is not None:
            self._second_legs.append(second_leg)

    def _depart(self, session: Session) -> list[Flight]:
        if self._second_legs:
            leaving, self._second_legs = self._second_legs, []
            self._crowd = True
            return leaving
        return [flight for side in sorted(self._open) for flight in self._from(session, side)]

    def _from(self, session: Session, side: Side) -> list[Flight]:
        """What leaves for one side in this turn."""
        leaving: list[Flight] = []
        free = self._setup.sides[side].concurrency - sum(flight.side is side for flight in self._in_air.values())
        while len(leaving) < A_TURN:
            errand = self._next_errand(session, side)
            ready = errand is not None and errand is not LATER
            if free <= 0 and (ready or self._errand_to(side) or free + AHEAD <= 0):
                return leaving
            flight = errand if ready else self._supply(session, side)
            if flight is None and errand is None:
                self._open.discard(side)
            if flight is None or flight is LATER:
                self._crowd = self._crowd or LATER in (flight, errand)
                return leaving
            if ready:
                self._first_legs.append(flight)
                del self._waiting[side]
            leaving.append(flight)
            free -= 1
        self._crowd = self._crowd or free + AHEAD > 0
        return leaving

    def _next_errand(self, session: Session, side: Side) -> Flight | Later | None:
        """The next first leg of a side; it stays the next one until it leaves."""
        if side in self._waiting:
            return self._waiting[side]
        errand = self._errands(session, side)
        if errand is not None and errand is not LATER:
            self._waiting[side] = errand
        return errand

    def _errand_to(self, side: Side) -> bool:
        """Whether a first leg is under way there."""
        return any(flight.side is side for flight in self._first_legs)
