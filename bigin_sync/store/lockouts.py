"""Lockouts: which orgs refused to let the program in, and when they did last."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bigin_sync.model.side import Side
from bigin_sync.store import keepsakes, orgs
from bigin_sync.store.db import now

_NAME = "locked_out"


def put(session: Session, iid: int, *, side: Side) -> None:
    """Note that an org refuses access now."""
    keepsakes.put(session, iid, name=_NAME, value={**_kept(session, iid), side.value: now(session).isoformat()})


def clear(session: Session, iid: int) -> None:
    """Both orgs let us in."""
    keepsakes.put(session, iid, name=_NAME, value={})


def listing(session: Session, iid: int) -> Sequence[Side]:
    """The sides that refuse access, as far as they were neither connected nor found in order since then."""
    since = {Side(side): datetime.fromisoformat(at) for side, at in _kept(session, iid).items()}
    return [
        org.side
        for org in orgs.listing(session, iid)
        if org.side in since and max(org.connected_at, org.checked_at or org.connected_at) <= since[org.side]
    ]


def _kept(session: Session, iid: int) -> dict[str, str]:
    return keepsakes.get(session, iid, name=_NAME) or {}
