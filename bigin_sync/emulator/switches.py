"""What is not known for sure of the real services, or differs between orgs, as switches of one org."""

from dataclasses import dataclass, fields
from typing import Literal

from bigin_sync.emulator.replies import ApiError

Guard = Literal["honoured", "whole_request", "ignored"]
InData = Literal["no", "one", "each"]


@dataclass(slots=True, kw_only=True)
class Switches:
    """How one org behaves where documents are silent or at odds. Any of them may be turned at run time."""

    mixed_status: int = 207
    """HTTP status of a batch of which some records failed; older generations sent 202."""
    failed_status: int = 400
    """HTTP status of a batch of which every record failed; older generations sent 202."""
    enforce_picklists: bool = False
    """Whether a value that is no option is refused. A real org was seen to store such values."""
    enforce_layouts: bool = False
    """Whether a field that only the layout demands is demanded of API writes too."""
    forbidden_in_data: InData = "no"
    """How a right that is missing is told where the description of CRM of 2026 has it in a list under `data` (see
    `rights`): bare all the same, as its pages show; as the `one` member of that list; once for `each` record sent. How
    many members come the description leaves open (at most 100), and both counts here are guesses."""
    unmodified_since: Guard = "honoured"
    """`If-Unmodified-Since`: judged record by record, for the request as a whole, or not at all."""
    modified_since: bool = True
    """Whether lists, that of deleted records too, honour `If-Modified-Since`. Not confirmed for Bigin v2; as its engine
    in CRM does, so does a stock org."""
    ids: bool = True
    """Whether lists heed `ids=`, not confirmed for Bigin v2 either; else they show what they would show without."""
    company_delete_cascades: bool = False
    """Whether a deleted company takes its contacts along."""
    search_lag: int = 15
    """Seconds until search knows of a write: a new record is not found until then, a changed one by what it was."""
    read_lag: int = 0
    """Seconds until lists and COQL show what was written; until then they show what was there before. A reading by id
    shows it at once. No document tells of such a lag (of COQL they say that it answers from the database, unlike
    search): it is a guess, of a database that answers from a copy a little behind, which a client has to survive."""
    concurrency_code: str = "TOO_MANY_REQUESTS"
    credits_code: str = "LIMIT_EXCEEDED"
    credit_limit: int | None = None
    """Credits in 24 hours; `None` takes what the edition and the number of users give."""
    concurrency: int = 20
    """Calls at once; one more is answered 429."""
    heavy_concurrency: int = 10
    """Calls at once of the kinds that have a limit of their own."""
    restore_moves_modified: bool = False
    """Whether a record that comes back from the bin gets a new Modified_Time."""
    link_moves_modified: bool = False
    """Whether linking two records moves the Modified_Time of the one that was addressed."""
    idle_update_moves_modified: bool = True
    """Whether an update that changes nothing moves Modified_Time; seen on a real Bigin org."""
    deal_word: str = "Deals"
    """What `$related_module`, `$se_module` call the module Pipelines of Bigin."""
    either_deal_word: bool = True
    """Whether what is written may call it by its other word, too; if not, the parent is refused."""
    watch_limit: int = 7 * 86_400
    """The longest life of a notification channel, seconds."""
    watch_default: int = 3_600
    """Its life when none, or too long a one, was asked for."""
    company_by_name: bool = False
    """Whether a bare text in a company lookup names a company, made if missing (seen on Bigin)."""

    unique_on_activities: bool = True
    """Whether tasks, events and calls may be given fields in which no two may hold the same; no document says."""

    def turn(self, changes: dict[str, object]) -> None:
        """Sets switches by name; an unknown name or a value of another type is refused."""
        known = {one.name for one in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise ApiError("INVALID_DATA", f"there is no switch {name}", details={"known": sorted(known)})
            current = getattr(self, name)
            if name != "credit_limit" and type(value) is not type(current):
                raise ApiError("INVALID_DATA", f"the switch {name} takes a {type(current).__name__}")
            setattr(self, name, value)

    def as_json(self) -> dict[str, object]:
        """All switches and how they stand."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
