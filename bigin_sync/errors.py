"""Every error of the product, grouped by what to do next.

    BiginSyncError
    ├── Refused            wrong usage or set-up: nothing was done, exit code 2
    │   ├── WrongCredentials, WrongDataCentre, MissingScope, NotAdministrator
    │   ├── UnknownModule, UnknownStrategy, UnknownView, UnknownRecord, UnknownSetting, InvalidMapping
    │   ├── NotConnected, AlreadyConnected, ModuleNotReady, ModuleMissing
    │   ├── ModuleStopped      a ModuleNotReady with exit code 3
    │   ├── PortInUse, AlreadyRunning, Unreachable, UnreadableFile, NotAgreed
    │   └── KeyMissing, DriverMissing, DatabaseUnreachable, DatabaseDamaged
    ├── StopRun            this run cannot go on; nothing is lost, the next one continues, exit code 4
    │   ├── OutOfCredits, AccessLost, LeaseLost, Interrupted, ViewGone, FieldsMoved
    │   └── BrakePulled    exit code 3
    ├── TryLater           nothing happened on the other end; the same call may go through later; 4, as all below
    │   └── Throttled, Unavailable, DatabaseAway
    ├── AnswerLost         a write whose answer never came: it may or may not have happened
    ├── RequestRefused     the other end understood the request and refused it as a whole
    └── Bug                a promise inside the house was broken

The docstring of a class says when it is raised. Every message has three parts: what happened, why it matters, what
to type next.
"""

from collections.abc import Mapping
from datetime import datetime

CUT_SHORT = 4
"""Exit code of what could not be carried through. It is none of those for what was done, or not even begun."""


class BiginSyncError(Exception):
    """Anything this product raises on purpose.

    what: what happened, one sentence. why: why it matters. hint: what to do or type next. usually: what to do about
    errors of this sort that give no hint. answered: whether the answer of the command tells of it already.
    """

    exit_code = 2
    usually = ""
    answered = False

    def __init__(self, what: str, *, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint

    @property
    def next(self) -> str:
        """What to do or type next."""
        return self.hint or self.usually

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.hint) if part)


class Refused(BiginSyncError):
    """Wrong usage or set-up: nothing was done."""


class WrongCredentials(Refused):
    """Zoho does not know this client id, secret, code or refresh token."""


class WrongDataCentre(Refused):
    """The credentials belong to another data centre than the one asked."""


class MissingScope(Refused):
    """The refresh token was made without a scope that the sync needs."""


class NotAdministrator(Refused):
    """The connecting user is not an administrator of the org."""


class UnknownModule(Refused):
    """No module of that name exists in this pairing."""


class UnknownStrategy(Refused):
    """No conflict strategy of that name exists."""


class UnknownView(Refused):
    """The module has no list view of that name or id."""


class UnknownRecord(Refused):
    """No record, link or run of that name or id is known."""


class UnknownSetting(Refused):
    """No setting of that name exists, or the value does not fit it."""


class InvalidMapping(Refused):
    """The field mapping does not fit the fields of the two orgs."""


class NotConnected(Refused):
    """A side has not been connected yet."""


class AlreadyConnected(Refused):
    """The org is part of another integration, or this integration has another one."""


class ModuleNotReady(Refused):
    """The module's state does not allow what was asked."""


class ModuleStopped(ModuleNotReady):
    """Nothing is left to be synced but modules that an earlier run has stopped. stopped: module -> why."""

    exit_code = 3

    def __init__(self, what: str, *, stopped: Mapping[str, str], why: str = "", hint: str = "") -> None:
        super().__init__(what, why=why, hint=hint)
        self.stopped = stopped


class ModuleMissing(Refused):
    """The org has no such module, or hides it from the API."""


class PortInUse(Refused):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is already in use.",
            why="Two programs can't listen on one port.",
            hint=f"Stop the other program, or choose another port: --port {port + 1}",
        )
        self.port = port


class AlreadyRunning(Refused):
    """Another daemon keeps the integration in sync."""


class Unreachable(Refused):
    """The host could not be reached at all while connecting."""


class UnreadableFile(Refused):
    """A file that was given (a scenario, a recording, a mapping) cannot be read or understood."""


class NotAgreed(Refused):
    """What was asked for needs a yes, and nobody can be asked for it, or it was a no."""


class KeyMissing(Refused):
    """The key that the stored tokens are encrypted with is gone or is another one."""


class DriverMissing(Refused):
    """The package that speaks to the database is not installed."""


class DatabaseUnreachable(Refused):
    """The database server does not answer, or does not let us in."""


class DatabaseDamaged(Refused):
    """The file of the database is none any more, or a part of it can't be read."""


class StopRun(BiginSyncError):
    """This run cannot go on; what was done is kept, and the next run continues from there."""

    exit_code = CUT_SHORT


class OutOfCredits(StopRun):
    """The org's API credits, or the share kept for this product, are used up until `until`."""

    def __init__(self, what: str, *, until: datetime | None = None, why: str = "", hint: str = "") -> None:
        super().__init__(what, why=why, hint=hint)
        self.until = until


class AccessLost(StopRun):
    """The refresh token was revoked, or the user lost the right that the call needs. label: of the product."""

    def __init__(self, what: str, *, label: str = "", why: str = "", hint: str = "") -> None:
        super().__init__(what, why=why, hint=hint)
        self.label = label


class LeaseLost(StopRun):
    """Another process has taken over the right to write."""


class Interrupted(StopRun):
    """A person or the system asked the run to stop."""


class ViewGone(StopRun):
    """The list view that says what is synced of a kind does not exist any more, or can't be seen."""

    exit_code = 3


class FieldsMoved(StopRun):
    """A side's fields are not what they were when they were last read.

    side and module say where. untold: mapped fields that it left out of an answer. refused: fields whose values it
    refused, or that it demanded, as it would not have done before.
    """

    def __init__(
        self,
        what: str,
        *,
        side: str,
        module: str,
        untold: frozenset[str] = frozenset(),
        refused: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(what, why="The fields of the org are read again before anything is written.")
        self.side = side
        self.module = module
        self.untold = untold
        self.refused = refused


class BrakePulled(StopRun):
    """A module, or the whole run, was stopped because it looks like an accident."""

    exit_code = 3


class TryLater(BiginSyncError):
    """Nothing happened on the other end; the same call may go through later."""

    exit_code = CUT_SHORT
    usually = "Check the network, or try again in a while: the next run goes on where this one ended."


class Throttled(TryLater):
    """Too many calls at once, or in a short time."""


class Unavailable(TryLater):
    """The other end could not be reached, or could not answer; a read, or a write that provably did not arrive."""


class DatabaseAway(TryLater):
    """The database went away, is full, or others kept it busy for too long."""


class AnswerLost(BiginSyncError):
    """A write was sent and its answer never came, or cannot be read: it may or may not have happened."""

    exit_code = CUT_SHORT
    usually = "bigin-sync sync looks what became of it, and goes on."


class RequestRefused(BiginSyncError):
    """The other end understood the request and refused it as a whole.

    code: the vendor's code (`INVALID_DATA`, `NO_PERMISSION`, …). status: the HTTP status. details: as answered.
    """

    exit_code = CUT_SHORT
    usually = "bigin-sync doctor checks both orgs, and what the connected users may do there."

    def __init__(self, what: str, *, code: str, status: int, details: object = None) -> None:
        super().__init__(what)
        self.code = code
        self.status = status
        self.details = details


class Bug(BiginSyncError):
    """A promise inside the house was broken; the message says which, and quotes no value of a record."""

    exit_code = CUT_SHORT


def quotable(error: BaseException) -> str:
    """What an error says, as far as that can hold neither a secret nor a value of a record; often nothing.

    An error of Python or of a library may quote whatever was worked on, so only what the operating system says is
    kept of them. Of what the other end says, its code is; of a record that a person asked for, nothing.
    """
    if isinstance(error, RequestRefused):
        return f"{error.code}, HTTP {error.status}"
    if isinstance(error, BiginSyncError) and not isinstance(error, UnknownRecord):
        return str(error)
    return error.strerror or "" if isinstance(error, OSError) else ""


def kept_of(error: BaseException) -> str:
    """An error as it is kept in the database and told to people: what is not ours may hold anything, and is not
    repeated.
    """
    if isinstance(error, KeyboardInterrupt):
        return "somebody asked it to stop at once"
    return str(error) if isinstance(error, BiginSyncError) else quotable(error) or "something unforeseen happened"
