"""The owner map of an integration: who owns on one side what somebody owns on the other."""

from bigin_sync.model.side import BOTH
from bigin_sync.pairing.owners import OwnerMap, User, pair_users
from bigin_sync.store import orgs
from bigin_sync.store.db import Session


def owner_map(session: Session, iid: int) -> OwnerMap:
    """Pairs set by hand first, then the same e-mail; the users who connected the orgs stand in for the rest."""
    left, right = (
        [User(user.id, user.name, user.email, user.active) for user in orgs.users(session, iid, side=side)]
        for side in BOTH
    )
    explicit = [(pair.left_user, pair.right_user) for pair in orgs.owner_pairs(session, iid)]
    fallbacks = {org.side: org.user_id for org in orgs.listing(session, iid)}
    return pair_users(left, right, explicit=explicit, fallbacks=fallbacks)
