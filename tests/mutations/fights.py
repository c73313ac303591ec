"""Decisions that hold for what was seen, and apps that fight, each promise broken in one place."""

from tests.mutations.a_break import Break

FIGHTS = (
    Break(
        "22 a decision holds for what was seen",
        "contested-newer-values-ask-again",
        "model/action.py",
        "return (self.left, self.right) == (left, right)",
        "return left != right",
    ),
    Break(
        "22 what is held is looked at anew once it has changed",
        "ambiguous-match-is-held",
        "sync/arriving.py",
        "if any(_was_held(here.get(row.record.ref)) for row in rows):",
        "if any(_was_held(entry) for entry in here.values()):",
    ),
    Break(
        "22 an edit that was left out is not forgotten",
        "an-option-that-was-added-is-taken-up",
        "sync/merge.py",
        "if crossing.cause is None and crossing.kept and not self._first_meeting(name):",
        "if False:",
    ),
    Break(
        "22 pairing owners takes up what was left out",
        "a-left-out-owner-crosses-once-known",
        "admin/owners.py",
        "right_user=other.id)\n        retry(room, session, iid)\n",
        "right_user=other.id)\n",
    ),
    Break(
        "22 a problem is over with its cause",
        "an-option-that-was-added-solves-a-problem",
        "jobs/refresh.py",
        "kinds=moved",
        "kinds=[]",
    ),
    Break(
        "22 what another record was in the way of is tried again when that one has changed",
        "an-address-that-is-given-up-is-taken",
        "sync/arriving.py",
        "    waits.wake_problems(session, iid, refs=modified)\n",
        "",
    ),
    Break(
        "22 who is who is not undone by an edit",
        "a-decided-match-that-is-edited-meanwhile",
        "store/inbox.py",
        "among(INBOX_KEY.c.inbox_id, entries), not_(BOUND)",
        "among(INBOX_KEY.c.inbox_id, entries)",
    ),
    Break(
        "22 who is bound to a record that is gone is matched by what it says",
        "a-decided-match-that-is-deleted-meanwhile",
        "store/decisions.py",
        "keys = true() if key.startswith(ALONE) else INBOX_KEY.c.rank == RANK",
        "keys = true()",
    ),
    Break(
        "23 what a side makes of our value is no edit",
        "what-an-org-makes-of-our-value-stays-there",
        "sync/observe.py",
        "    if written is None or own_user is None or",
        "    if True or",
    ),
    Break(
        "23 an app that takes our write back has the last word",
        "a-workflow-that-reverts-has-the-last-word",
        "sync/settled.py",
        "            seen[target][name] = value\n",
        "            seen[target][name] = both.of(target).now.get(name)\n",
    ),
    Break(
        "23 a fight is noticed",
        "two-workflows-that-fight-are-held",
        "sync/fight.py",
        "> limits.rounds",
        "> limits.rounds * 100",
    ),
    Break(
        "23 a slow fight is noticed",
        "two-workflows-that-fight-slowly-are-held",
        "sync/fight.py",
        "max(_rounds(lately), _rounds(again))",
        "_rounds(lately)",
    ),
    Break(
        "23 a fight stays held until a person lets it go on",
        "two-workflows-that-fight-are-held",
        "sync/fought.py",
        "held = {id for id, fight in told.items() if fight.released_at is None}",
        "held = {id for id, fight in told.items() if fight.conflict_id < 0}",
    ),
    Break(
        "23 a fight that a person let go on begins anew",
        "a-fight-that-was-let-go-on-begins-anew",
        "sync/fight.py",
        "if since is None or blow.at > since]",
        "]",
    ),
)
