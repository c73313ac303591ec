"""How many calls are under way at once, and which one is too many."""

from dataclasses import dataclass, field

from bigin_sync.emulator.org import Org
from bigin_sync.emulator.replies import ApiError


@dataclass(slots=True)
class Crowd:
    """Calls under way in one org. It only fills in the web door, where calls overlap."""

    org: Org
    inside: int = 0
    heavy: int = 0
    peak: int = 0
    refused: int = field(default=0)

    def enter(self, *, heavy: bool) -> None:
        """Lets a call in. Raises `ApiError` 429 when there are too many."""
        switches = self.org.switches
        if self.inside >= switches.concurrency or (heavy and self.heavy >= switches.heavy_concurrency):
            self.refused += 1
            raise ApiError(switches.concurrency_code, "too many requests at the same time", status=429)
        self.inside += 1
        self.heavy += heavy
        self.peak = max(self.peak, self.inside)

    def leave(self, *, heavy: bool) -> None:
        """Lets a call out."""
        self.inside -= 1
        self.heavy -= heavy
