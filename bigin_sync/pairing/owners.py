"""Owners: which user of one side stands for which user of the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bigin_sync.model.side import Side


@dataclass(frozen=True, slots=True)
class User:
    """A user of one side, as far as ownership goes. `active` False for disabled and deleted ones."""

    id: str
    name: str
    email: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class UserPair:
    """Two users who are the same person, or stand for each other. `by`: `e-mail` or `explicit`."""

    left: User
    right: User
    by: str


@dataclass(frozen=True, slots=True)
class OwnerMap:
    """Who owns on one side what somebody owns on the other.

    to_right, to_left: user id -> user id, active counterparts only (neither product takes an inactive owner).
    same:       (left id, right id) that count as the same owner, inactive users too.
    fallbacks:  side -> the user who gets new records whose owner has no counterpart there.
    matched, unmatched, inactive: what to tell people. `inactive` are pairs with a user who can't own anything new.
    """

    to_right: Mapping[str, str]
    to_left: Mapping[str, str]
    same: frozenset[tuple[str, str]]
    fallbacks: Mapping[Side, str]
    matched: tuple[UserPair, ...] = ()
    unmatched: Mapping[Side, tuple[User, ...]] = field(default_factory=dict)
    inactive: tuple[UserPair, ...] = ()

    def counterpart(self, side: Side, user_id: str) -> str | None:
        """The user of the other side who stands for this side's user and may own records; None if nobody does."""
        return (self.to_right if side is Side.LEFT else self.to_left).get(user_id)

    def fallback(self, side: Side) -> str | None:
        """The user of this side who gets new records without a counterpart for their owner."""
        return self.fallbacks.get(side)


def pair_users(
    left: Sequence[User],
    right: Sequence[User],
    *,
    explicit: Iterable[tuple[str, str]] = (),
    fallbacks: Mapping[Side, str] | None = None,
) -> OwnerMap:
    """The owner map of two orgs: explicit (left id, right id) pairs win, then the same e-mail in any case.

    Of several users with one e-mail an active one comes first. Several users may stand for one explicitly; on the way
    back the first of them is taken. An explicit pair that names a user who does not exist is passed over.
    """
    by_id = {side: {user.id: user for user in users} for side, users in ((Side.LEFT, left), (Side.RIGHT, right))}
    pairs = [
        UserPair(by_id[Side.LEFT][a], by_id[Side.RIGHT][b], "explicit")
        for a, b in dict.fromkeys(explicit)
        if a in by_id[Side.LEFT] and b in by_id[Side.RIGHT]
    ]
    taken_left = {pair.left.id for pair in pairs}
    taken_right = {pair.right.id for pair in pairs}
    lefts, rights = _by_email(left, taken_left), _by_email(right, taken_right)
    pairs += [UserPair(user, rights[email], "e-mail") for email, user in lefts.items() if email in rights]
    paired = {Side.LEFT: {pair.left.id for pair in pairs}, Side.RIGHT: {pair.right.id for pair in pairs}}
    to_right: dict[str, str] = {}
    to_left: dict[str, str] = {}
    for pair in pairs:
        if pair.right.active:
            to_right.setdefault(pair.left.id, pair.right.id)
        if pair.left.active:
            to_left.setdefault(pair.right.id, pair.left.id)
    return OwnerMap(
        to_right=to_right,
        to_left=to_left,
        same=frozenset((pair.left.id, pair.right.id) for pair in pairs),
        fallbacks=dict(fallbacks or {}),
        matched=tuple(pairs),
        unmatched={
            Side.LEFT: tuple(user for user in left if user.id not in paired[Side.LEFT]),
            Side.RIGHT: tuple(user for user in right if user.id not in paired[Side.RIGHT]),
        },
        inactive=tuple(pair for pair in pairs if not (pair.left.active and pair.right.active)),
    )


def _by_email(users: Sequence[User], taken: set[str]) -> dict[str, User]:
    """E-mail -> user, for those not paired explicitly; an active user before an inactive one."""
    found: dict[str, User] = {}
    for user in sorted(users, key=lambda user: not user.active):
        email = user.email.strip().casefold()
        if email and user.id not in taken:
            found.setdefault(email, user)
    return found
