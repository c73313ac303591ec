"""Flights: remote writes under way, several at a time on each side, with one thread owning the database. A shell.

A flight is said before it leaves (its intent is committed) and told when it lands (outcome, link and inbox in one
transaction). What has landed and what leaves next share a transaction, so a busy run commits once per turn, not per
call. A turn lets only a few leave, so that they are on their way while the next ones are prepared.
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

    def some(self, session: Session) -> None:
        """Do the next piece."""
        ...


def fly(setup: Setup, supply: Supply, *, sides: tuple[Side, ...], meanwhile: Meanwhile | None = None) -> None:
    """Let all flights of these sides leave and land, and have the other work done.

    After trouble, or once the run was asked to stop, nothing leaves any more, everything in the air lands, and the
    first trouble is raised.
    """
    _Sky(setup, supply, sides, meanwhile).run()


class _Sky:
    def __init__(self, setup: Setup, supply: Supply, sides: tuple[Side, ...], meanwhile: Meanwhile | None) -> None:
        self._setup = setup
        self._supply = supply
        self._meanwhile = meanwhile
        self._open = set(sides)
        self._in_air: dict[Future[Any], Flight] = {}
        self._next_legs: list[Flight] = []
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
                if not self._in_air and not self._busy:
                    break
                done, _ = wait(self._in_air, timeout=0 if self._busy else None, return_when=FIRST_COMPLETED)
                landed = list(done)
        except BaseException:
            # What is in the air may still take effect; its intent is in the journal, and settle finds out.
            wait(self._in_air)
            raise
        if self._trouble is not None:
            raise self._trouble

    @property
    def _busy(self) -> bool:
        """Whether there is something to do before anything lands."""
        idle = self._meanwhile is None or self._meanwhile.done or self._trouble is not None
        return self._crowd or not idle

    def _turn(self, landed: list["Future[Any]"]) -> list[Flight]:
        leaving: list[Flight] = []
        self._crowd = False
        with self._setup.fenced() as session:
            for future in landed:
                flight = self._in_air.pop(future)
                next_leg = flight.land(session, future)
                self._trouble = self._trouble or flight.trouble(future)
                if next_leg is not None:
                    self._next_legs.append(next_leg)
            if self._trouble is None and self._setup.stop.is_set():
                self._trouble = stopped()
            if self._trouble is None:
                leaving = self._depart(session)
            for flight in leaving:
                flight.leave(session)
            if self._meanwhile is not None and self._trouble is None and not landed and not leaving:
                self._meanwhile.some(session)
        return leaving

    def _depart(self, session: Session) -> list[Flight]:
        leaving = list(self._next_legs)
        self._next_legs.clear()
        busy = [flight.side for flight in (*self._in_air.values(), *leaving)]
        for side in sorted(self._open):
            free = self._setup.sides[side].concurrency + AHEAD - busy.count(side)
            for _ in range(min(free, A_TURN)):
                flight = self._supply(session, side)
                if flight is LATER:
                    self._crowd = True
                    break
                if flight is None:
                    self._open.discard(side)
                    break
                leaving.append(flight)
            else:
                self._crowd = self._crowd or free > A_TURN
        return leaving
