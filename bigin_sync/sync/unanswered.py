"""Unanswered: updates of which nobody heard any more, and what they carried. A shell.

It may be there, or come to be there yet: found on the other side, it is no edit of a person. What a person has typed
there since is later than what was sent. So both are noted before the link is decided anew.
"""

from collections.abc import Sequence

from bigin_sync.model.side import Side
from bigin_sync.model.values import Values
from bigin_sync.store import links
from bigin_sync.store.db import Session
from bigin_sync.sync.landing import Work

LOST = "the answer was lost; the link is decided anew"


def remember(session: Session, work: Work, target: Side, sent: Sequence[tuple[str, Values, Values]]) -> None:
    """Note on the links of these records of a side what updates carried. sent: (record id, values, what was there
    before), oldest first.
    """
    if not sent:
        return
    setup = work.setup
    now = setup.time_on(target)
    known = links.by_records(session, setup.iid, side=target, kind=work.kind.kind, ids=[id for id, *_ in sent])
    for id, values, before in sent:
        if (link := known.get(id)) is not None:
            copy = link.copy(target).with_unanswered(values, before=before, now=now, until=now + setup.settle_after)
            known[id] = link.with_copy(target, copy)
    links.save(session, list(known.values()))
