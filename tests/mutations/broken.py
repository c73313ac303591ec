"""Each rule, broken in one place: what is changed in which file, and the scenario that must notice."""

from tests.mutations.a_break import Break
from tests.mutations.brakes import BRAKES
from tests.mutations.daemon import DAEMON
from tests.mutations.fights import FIGHTS
from tests.mutations.kinds import KINDS
from tests.mutations.shapes import SHAPES
from tests.mutations.terms import TERMS

BREAKS = (
    *KINDS,
    *TERMS,
    Break(
        "11 users are matched by e-mail",
        "owners-by-email",
        "pairing/owners.py",
        'UserPair(user, rights[email], "e-mail") for email, user in lefts.items() if email in rights',
        'UserPair(user, rights[email], "e-mail") for email, user in lefts.items() if email not in lefts',
    ),
    Break(
        "11 pairs set by hand",
        "owners-paired-by-hand",
        "pairing/owners.py",
        "if a in by_id[Side.LEFT] and b in by_id[Side.RIGHT]",
        "if a in by_id[Side.RIGHT] and b in by_id[Side.RIGHT]",
    ),
    Break(
        "11 an update moves no owner to the fallback",
        "an-unknown-new-owner-changes-nothing",
        "pairing/carry.py",
        "if creating and pair.type is FieldType.OWNER:",
        "if pair.type is FieldType.OWNER:",
    ),
    Break(
        "11 nobody who has left is made an owner",
        "owners-who-have-left",
        "pairing/owners.py",
        "        if pair.right.active:\n",
        "        if pair.right:\n",
    ),
    Break(
        "11 a new record falls back",
        "owner-without-a-counterpart",
        "pairing/carry.py",
        'Carried(fallback, "the owner has no counterpart, so the record goes to the fallback owner")',
        "Carried(value)",
    ),
    Break(
        "11 users without a counterpart are shown",
        "owners-are-shown",
        "admin/owners.py",
        "for user in owners.unmatched.get(side, ()):",
        "for user in list[User]():",
    ),
    Break(
        "11 who has left is shown as inactive",
        "owners-who-have-left",
        "admin/owners.py",
        "return UserLine(user.id, user.name, user.email, user.active)",
        "return UserLine(user.id, user.name, user.email, True)",
    ),
    Break(
        "12 a notice at the end",
        "after-the-first-sync-changes-follow",
        "jobs/work.py",
        "                notices.add(session, iid, run_id=report.run_id, text=text)\n",
        "                del text\n",
    ),
    Break(
        "13 a pause is silent",
        "paused-is-silent-and-loses-nothing",
        "jobs/assemble.py",
        "RUNS = frozenset({ModuleState.FIRST_SYNC, ModuleState.ACTIVE})",
        "RUNS = frozenset({ModuleState.FIRST_SYNC, ModuleState.ACTIVE, ModuleState.PAUSED})",
    ),
    Break(
        "13 disabled is switched off",
        "disable-removes-nothing",
        "jobs/assemble.py",
        "RUNS = frozenset({ModuleState.FIRST_SYNC, ModuleState.ACTIVE})",
        "RUNS = frozenset({ModuleState.FIRST_SYNC, ModuleState.ACTIVE, ModuleState.DISABLED})",
    ),
    *(
        Break(
            f"14 the strategy {strategy} settles",
            scenario,
            "jobs/assemble.py",
            "replace(standing, strategy=catch_up, meeting=standing.strategy)",
            f"replace(standing, strategy=Strategy.{other}, meeting=standing.strategy)",
        )
        for strategy, other, scenario in (
            ("crm", "LEFT", "reconfigure-settles-only-what-both-changed"),
            ("bigin", "LATEST", "reconfigure-with-bigin-wins"),
            ("skip", "LATEST", "reconfigure-with-skip"),
            ("ask", "LATEST", "reconfigure-with-ask"),
            ("latest", "LEFT", "reconfigure-with-the-later-edit"),
        )
    ),
    Break(
        "14 what is shown before is not written yet",
        "reconfigure-settles-only-what-both-changed",
        "admin/reconfigure.py",
        "modules=[spec.name], dry=True,",
        "modules=[spec.name], dry=False,",
    ),
    Break(
        "14 new records are synced whatever the strategy",
        "reconfigure-with-skip",
        "sync/planning.py",
        "        if self._too_old(entry):\n",
        '        if self._too_old(entry) or self._kind.policy.strategy == "skip":\n',
    ),
    Break(
        "15 an edit of the survivor makes nothing again",
        "a-merged-record-keeps-its-link",
        "sync/arriving.py",
        "    if link is None:\n        return _Look(row",
        "    if link is None or link.parted:\n        return _Look(row",
    ),
    Break(
        "15 a restored record resumes",
        "a-delete-never-crosses",
        "sync/sweep.py",
        "if link.copy(side).gone]",
        "if link.id < 0]",
    ),
    Break(
        "15 what waited and was deleted is not made",
        "deleted-while-it-waited",
        "store/inbox.py",
        "        states.append(State.WAITING.value)\n",
        "        del states[1:]\n",
    ),
    Break(
        "15 what was deleted is shown as such",
        "a-delete-never-crosses",
        "sync/landing.py",
        "work.counts.parted[gone] += 1",
        "work.counts.parted[gone] += 0",
    ),
    Break(
        "15 of two that are merged the survivor keeps its link",
        "a-merged-record-keeps-its-link",
        "sync/sweep.py",
        "known = links.by_records(session, setup.iid, side=side, kind=kind, ids=ids)",
        # Both are taken for gone for good: what is only taken for gone is looked at again at once, and found there.
        "known = {each.left.id: each for each in links.slice(session, setup.iid, kind=kind, limit=9)} if ids else {}\n"
        "        _for_good(session, work, side, list(known.values()))",
    ),
    Break(
        "16 connecting again knows the orgs",
        "disconnect-and-connect-again-writes-nothing",
        "admin/connect.py",
        "iid = iid or orgs.create_integration(",
        "iid = orgs.create_integration(",
    ),
    Break(
        "17 only an administrator may connect",
        "only-an-administrator-may-connect",
        "admin/connect.py",
        "    if not standing.suffices:\n",
        "    if False:\n",
    ),
    Break(
        "17 the role counts beside the profile",
        "only-an-administrator-may-connect",
        "zoho/side.py",
        "return self.administrator and self.above is None",
        "return self.administrator",
    ),
    Break(
        "18 every skip has its cause",
        "every-skip-names-its-cause",
        "sync/planning.py",
        "SkipCause.OUTSIDE_VIEW)\n        if entry.id in self._matches.held:\n",
        "SkipCause.BEFORE_START)\n        if entry.id in self._matches.held:\n",
    ),
    Break(
        "18 totals count what was added",
        "every-skip-names-its-cause",
        "admin/runs.py",
        "added=sum(sum(line.created.values()) for line in mine)",
        "added=sum(sum(line.updated.values()) + line.linked for line in mine) * 2",
    ),
    Break(
        "18 an exported run says why",
        "every-skip-names-its-cause",
        "admin/export.py",
        "        line.cause,\n",
        '        "",\n',
    ),
    Break(
        "18 an exported table runs no formula",
        "every-skip-names-its-cause",
        "admin/export.py",
        """return f"'{text}" if text.startswith(DANGEROUS) else text""",
        "return text",
    ),
    Break(
        "19 since a day",
        "since-a-date",
        "sync/planning.py",
        "entry.record.modified_at < self._kind.since",
        "entry.record.modified_at > self._kind.since",
    ),
    Break(
        "19 a full re-read reads everything",
        "a-full-reread-finds-nothing",
        "jobs/owed.py",
        "owed.joined(Owed(read=every)) if full else owed",
        "owed",
    ),
    Break(
        "19 a full re-read finds nothing",
        "a-full-reread-finds-nothing",
        "sync/observe.py",
        "    if now == seen:\n        return frozenset()\n",
        "    if now == seen:\n        return frozenset(now)\n",
    ),
    *DAEMON,
    *FIGHTS,
    *BRAKES,
    *SHAPES,
)
