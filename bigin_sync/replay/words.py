"""The words scenarios are written in: kinds in the plural, amounts of time, what a run did how often."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

PLURALS: Mapping[str, str] = {
    "company": "companies",
    "contact": "contacts",
    "product": "products",
    "deal": "deals",
    "task": "tasks",
    "event": "events",
    "call": "calls",
    "note": "notes",
}
"""Kind -> how a heading over several of them reads."""

SINGULARS: Mapping[str, str] = {plural: kind for kind, plural in PLURALS.items()}
LABELS = ("bigin", "crm")

_AMOUNT = re.compile(r"(?P<count>\d+) (?P<unit>second|minute|hour|day)s?")
_TOLD = re.compile(
    r"(?P<count>\d+) (?:(?P<write>created|updated|joined) in (?P<side>bigin|crm)|(?P<plain>linked|skipped|waiting|held)"
    r"|problems?)"
)


def api_name(written: str) -> str:
    """A field's name as the API has it, from how a person wrote it (`First Name`)."""
    return written.strip().replace(" ", "_")


def field_words(name: str) -> str:
    """A field's name as a person writes it, from the one of the API."""
    return name.replace("_", " ")


def read_amount(written: object) -> object:
    """A span of time from words such as `10 minutes`; anything that is no text is handed back as it is."""
    if not isinstance(written, str):
        return written
    found = _AMOUNT.fullmatch(written.strip())
    if found is None:
        raise ValueError(f"a span of time is written like `10 minutes`, not {written!r}")
    return timedelta(**{f"{found['unit']}s": int(found["count"])})


Span = Annotated[timedelta, BeforeValidator(read_amount)]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a run did what to one kind (`created in crm`, `linked`, `held`, …); no zeros are kept."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def moves(self) -> bool:
        """Whether anything was written or linked; records that stay aside move nothing."""
        return any(what == "linked" or what.startswith(("created", "updated", "joined")) for what in self.counts)

    def __bool__(self) -> bool:
        return bool(self.counts)

    def __str__(self) -> str:
        order = sorted(self.counts, key=_ORDER.index)
        return ", ".join(f"{self.counts[what]} {_numbered(what, self.counts[what])}" for what in order)


_ORDER = (
    *("created in bigin", "created in crm", "linked", "updated in bigin", "updated in crm"),
    *("joined in bigin", "joined in crm"),
    *("skipped", "waiting", "held", "problem"),
)


def _numbered(what: str, count: int) -> str:
    return "problems" if what == "problem" and count != 1 else what


def read_tally(written: object) -> object:
    """A tally from words such as `2 linked, 1 created in crm`; anything that is no text is handed back as it is."""
    if not isinstance(written, str):
        return written
    counts: dict[str, int] = {}
    for part in written.split(","):
        found = _TOLD.fullmatch(part.strip())
        if found is None:
            raise ValueError(
                f"{part.strip()!r} is not understood; it reads like `2 created in crm`, `1 updated in bigin`, "
                "`3 linked`, `1 skipped`, `1 waiting`, `1 held` or `1 problem`"
            )
        what = f"{found['write']} in {found['side']}" if found["write"] else found["plain"] or "problem"
        counts[what] = counts.get(what, 0) + int(found["count"])
    return Tally({what: count for what, count in counts.items() if count})
