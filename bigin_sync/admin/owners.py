"""Owners: which user of one org owns what which user of the other owns."""

from collections.abc import Sequence
from dataclasses import dataclass

from bigin_sync.errors import UnknownRecord
from bigin_sync.jobs.clients import opened
from bigin_sync.jobs.owed import retry
from bigin_sync.jobs.owner_map import owner_map
from bigin_sync.jobs.refresh import refresh
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH, Side
from bigin_sync.pairing.owners import OwnerMap, User
from bigin_sync.store import orgs


@dataclass(frozen=True, slots=True)
class UserLine:
    """A user of one org."""

    id: str
    name: str
    email: str
    active: bool


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """A pair of users, or a user without counterpart. how: `e-mail`, `set` or empty."""

    left: UserLine | None
    right: UserLine | None
    how: str
    note: str


def listing(room: Room) -> list[OwnerLine]:
    """All users of both orgs: pairs first, then those without counterpart."""
    iid = room.connected()
    with room.db.read() as session:
        owners = owner_map(session, iid)
    lines = [
        OwnerLine(_line(pair.left), _line(pair.right), how, f"same {how}" if how == "e-mail" else "set by hand")
        for pair in owners.matched
        for how in ["set" if pair.by == "explicit" else "e-mail"]
    ]
    for side in BOTH:
        note = f"no counterpart: new records go to the user who connected {room.pairing.title(side.other)}"
        for user in owners.unmatched.get(side, ()):
            line = _line(user)
            said = note if user.active else "no counterpart, and inactive"
            lines.append(OwnerLine(line, None, "", said) if side is Side.LEFT else OwnerLine(None, line, "", said))
    return lines


def auto(room: Room) -> str:
    """Read the users of both orgs again; those with the same e-mail address are paired. Says what that came to."""
    iid = room.connected()
    with opened(room, iid) as clients:
        refresh(room, iid, clients)
    with room.db.read() as session:
        return summary(room, owner_map(session, iid))


def set_pair(room: Room, left: str, right: str) -> str:
    """Pair two users; earlier explicit pairs of either are undone. Raises `UnknownRecord`."""
    iid = room.connected()
    with room.db.write(iid) as session:
        owners = owner_map(session, iid)
        one, other = (_meant(room, owners, side, text) for side, text in ((Side.LEFT, left), (Side.RIGHT, right)))
        orgs.put_owner_pair(session, iid, left_user=one.id, right_user=other.id)
        retry(room, session, iid)
    return f"{one.name} <{one.email}> and {other.name} <{other.email}> own the same records from now on."


def unset(room: Room, text: str) -> str:
    """Undo the explicit pair of a user of either org. Raises `UnknownRecord` if there is none."""
    iid = room.connected()
    with room.db.write(iid) as session:
        owners = owner_map(session, iid)
        explicit = [pair for pair in owners.matched if pair.by == "explicit"]
        for pair in explicit:
            if _is(pair.left, text) or _is(pair.right, text):
                orgs.drop_owner_pair(session, iid, left_user=pair.left.id)
                retry(room, session, iid)
                return f"{pair.left.name} and {pair.right.name} are no pair any more."
    raise UnknownRecord(
        f"No pair that was set by hand has the user {text!r}.",
        why="Pairs by the same e-mail address can't be undone, only replaced by another pair.",
        hint="bigin-sync owners lists the pairs.",
    )


def summary(room: Room, owners: OwnerMap) -> str:
    """The owner map in a sentence."""
    left_over = [
        f"{len(users)} of {room.pairing.title(side)} without counterpart ({', '.join(user.name for user in users[:5])})"
        for side, users in ((side, _active(owners.unmatched.get(side, ()))) for side in BOTH)
        if users
    ]
    return f"Owners: {'; '.join([paired(owners), *left_over])}."


def paired(owners: OwnerMap) -> str:
    """How many users own the same as one of the other org."""
    number = len(owners.matched)
    return f"{number} user is paired" if number == 1 else f"{number} users are paired"


def _active(users: Sequence[User]) -> list[User]:
    return [user for user in users if user.active]


def _line(user: User) -> UserLine:
    return UserLine(user.id, user.name, user.email, user.active)


def _is(user: User, text: str) -> bool:
    return text.strip().casefold() in {user.id.casefold(), user.name.casefold(), user.email.casefold()}


def _meant(room: Room, owners: OwnerMap, side: Side, text: str) -> User:
    paired = (pair.left if side is Side.LEFT else pair.right for pair in owners.matched)
    known = [*owners.unmatched.get(side, ()), *paired]
    fits = {user.id: user for user in known if _is(user, text)}
    if len(fits) == 1:
        return next(iter(fits.values()))
    title = room.pairing.title(side)
    if fits:
        raise UnknownRecord(f"{len(fits)} users of {title} fit {text!r}.", hint="Give the e-mail address or the id.")
    raise UnknownRecord(
        f"{title} has no user {text!r}.",
        why="Nothing was changed.",
        hint="bigin-sync owners lists the users; bigin-sync owners auto reads them again.",
    )
