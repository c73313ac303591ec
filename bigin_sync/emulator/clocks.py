"""A clock that runs with another one and can be pushed forward, so that a day passes in a test."""

from datetime import datetime, timedelta

from bigin_sync.clock import Clock, SystemClock


class ShiftedClock:
    """Another clock plus a shift that only grows. Sleeping does not wait: it pushes the clock forward."""

    def __init__(self, under: Clock | None = None) -> None:
        self._under: Clock = SystemClock() if under is None else under
        self._shift = 0.0

    def now(self) -> datetime:
        """The shifted moment, aware, in UTC."""
        return self._under.now() + timedelta(seconds=self._shift)

    def elapsed(self) -> float:
        """Seconds that never run backwards; pushing the clock counts."""
        return self._under.elapsed() + self._shift

    def sleep(self, seconds: float) -> None:
        """Pushes the clock forward at once."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Pushes the clock forward; it cannot be turned back."""
        self._shift += max(0.0, seconds)


class FixedClock:
    """A clock that stands still until it is moved; what makes an emulated history repeatable."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Where the clock stands, aware, in UTC."""
        return self._now

    def elapsed(self) -> float:
        """Seconds since the epoch, as good as any for differences."""
        return self._now.timestamp()

    def sleep(self, seconds: float) -> None:
        """Moves the clock forward at once."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Moves the clock forward."""
        self._now += timedelta(seconds=max(0.0, seconds))
