"""Each rule, broken in one place: what is changed in which file, and the scenario that must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Break:
    """One rule, broken: `old`, which stands in the file exactly once, becomes `new`."""

    rule: str
    scenario: str
    file: str
    old: str
    new: str


BREAKS = (
    Break(
        "1 contacts come first",
        "contacts-come-first",
        "admin/modules.py",
        "if module is None or not module.first_sync_done:",
        "if module is None:",
    ),
    Break(
        "1 contacts can't be disabled",
        "contacts-come-first",
        "pairing/bigin_crm/contacts.py",
        "can_disable=False",
        "can_disable=True",
    ),
    Break(
        "2 stages are mapped by name",
        "stage-map-by-name",
        "pairing/stages.py",
        "if step.stage & source.stage and not (elsewhere",
        "if False and not (elsewhere",
    ),
    Break(
        "2 other fields wait with the stage",
        "stage-without-counterpart-waits",
        "sync/merge.py",
        "self._stuck_on.add(target)",
        "self._stuck_on.discard(target)",
    ),
    Break(
        "2 products of a deal cross",
        "products-of-a-deal-cross",
        "sync/associating.py",
        "        if other is not None:\n            _Round(",
        "        if other is None:\n            _Round(",
    ),
    Break(
        "2 a removed product stays removed",
        "a-removed-product-stays-removed",
        "sync/associating.py",
        "return {Side.LEFT: right - left - known, Side.RIGHT: left - right - known}",
        "return {Side.LEFT: right - left, Side.RIGHT: left - right}",
    ),
    Break(
        "3 an activity waits for its parent",
        "an-activity-of-an-unsynced-record-waits",
        "sync/plan.py",
        "if kind.needs_parent and not any(",
        "if False and not any(",
    ),
    Break(
        "4 notes stand on deals too",
        "notes-on-contacts-companies-and-deals",
        "pairing/bigin_crm/belonging.py",
        'DEAL: frozenset({"Deals", "Pipelines"})',
        "DEAL: frozenset()",
    ),
    Break(
        "5 reminders never cross",
        "reminders-never-cross",
        "pairing/bigin_crm/activities.py",
        'return {"Outbound_Call_Status":',
        'return {"Reminder": "2026-03-06T13:45:00+00:00", "Outbound_Call_Status":',
    ),
    Break(
        "6 parents come first",
        "a-company-and-its-people-arrive-together",
        "pairing/catalog.py",
        "return tuple(TopologicalSorter(graph).static_order())",
        "return tuple(reversed(tuple(TopologicalSorter(graph).static_order())))",
    ),
    Break(
        "7 the view admits",
        "a-linked-record-that-leaves-the-view-stays-in-sync",
        "sync/planning.py",
        "        if kind.view is None:\n            return\n",
        "        return\n",
    ),
    Break(
        "7 the view expels nobody",
        "a-linked-record-that-leaves-the-view-stays-in-sync",
        "sync/planning.py",
        "self._decide_linked(session, [entry for entry in entries if entry.link_id is not None])",
        "self._decide_linked(session, [entry for entry in entries if entry.link_id and not self._kind.view])",
    ),
    Break(
        "7 another view asks anew",
        "changing-the-view-removes-nothing",
        "jobs/owed.py",
        "        inbox.forget_admissions(session, iid, kind=Kind(kind))\n",
        "",
    ),
    Break(
        "7 changed criteria are picked up by an edit",
        "a-view-that-shows-more-is-picked-up",
        "jobs/owed.py",
        "        renewal.renew_unlinked(session, iid, kind=Kind(kind))\n",
        "",
    ),
    Break(
        "8 a field goes one way",
        "one-way-field",
        "pairing/catalog.py",
        "return self is not (Direction.TO_LEFT if side is Side.RIGHT else Direction.TO_RIGHT)",
        "return side in Side",
    ),
    Break(
        "8 a field fills blanks only",
        "fill-only-if-blank",
        "pairing/carry.py",
        "return route.open and (present is None or route.pair.direction is not Direction.FILL)",
        "return route.open",
    ),
    Break(
        "8 a master is never overwritten",
        "a-master-is-never-overwritten",
        "sync/merge.py",
        "self._send(name, target.other if stands else target)",
        "self._send(name, target)",
    ),
    Break(
        "8 a switch for blanks",
        "an-emptied-field-may-stay",
        "sync/merge.py",
        "if value is None and not self._policy.blanks:",
        "if False:",
    ),
    Break(
        "8 an unknown value is a problem",
        "unknown-picklist-value-problem",
        "pairing/carry.py",
        "Cause.INVALID if pair.unknown is Unknown.PROBLEM else None",
        "None",
    ),
    Break(
        "8 an unknown value becomes a default",
        "unknown-picklist-value-default",
        "pairing/carry.py",
        'return Carried(default, f"{product} does not know {value!r}, so the default {default!r}")',
        "return Carried(None)",
    ),
    Break(
        "8 an unknown value is left out",
        "unknown-picklist-value-left-out",
        "pairing/carry.py",
        "Cause.INVALID if pair.unknown is Unknown.PROBLEM else None",
        "Cause.INVALID",
    ),
    Break(
        "8 mandatory fields are checked",
        "a-mandatory-field-must-be-filled",
        "pairing/mapping_check.py",
        "filled = {name for pair in writing for name in pair.wire_names(side)}",
        "filled = {name for pair in writing for name in pair.wire_names(side)} | set(here)",
    ),
    Break(
        "8 custom fields are proposed",
        "custom-fields-by-name-and-type",
        "pairing/mapping.py",
        "for custom in _custom_pairs(pairing, spec, left=left, right=right):",
        "for custom in ():",
    ),
    Break(
        "8 types are checked",
        "custom-fields-by-name-and-type",
        "pairing/fields.py",
        "same_family(left.type, right.type)",
        "True",
    ),
    Break(
        "9 activities have no mapping to edit",
        "only-contacts-and-pipelines-have-a-mapping",
        "admin/modules.py",
        "if not spec.needs_view and (view or mapping is not None):",
        "if not spec.needs_view and view:",
    ),
    Break(
        "10 a vanished field is not blank",
        "a-vanished-field-stops-alone",
        "pairing/drift.py",
        "tuple(pair for pair in mapping.pairs if pair.name not in frozen)",
        "mapping.pairs",
    ),
    Break(
        "10 a new mandatory field stops the module",
        "a-new-mandatory-field-stops-its-module",
        "jobs/drift.py",
        "return None if not reasons else",
        "return None if True else",
    ),
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
        "11 a new record falls back",
        "owner-without-a-counterpart",
        "pairing/carry.py",
        'Carried(fallback, "the owner has no counterpart, so the record goes to the fallback owner")',
        "Carried(value)",
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
            ("latest", "LEFT", "reconfigure-with-the-later-edit"),
        )
    ),
    Break(
        "15 a restored record resumes",
        "a-delete-never-crosses",
        "sync/sweep.py",
        "if link.copy(side).gone]",
        "if link.id < 0]",
    ),
    Break(
        "15 of two that are merged the survivor keeps its link",
        "a-merged-record-keeps-its-link",
        "sync/sweep.py",
        "known = links.by_records(session, setup.iid, side=side, kind=kind, ids=ids)",
        "known = {link.left.id: link for link in links.slice(session, setup.iid, kind=kind, after_id=0, limit=9)}",
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
        "    if not me.administrator:\n",
        "    if False:\n",
    ),
    Break(
        "18 every skip has its cause",
        "every-skip-names-its-cause",
        "sync/planning.py",
        "self._place(entry, action.Skip(entry.record.ref, OUTSIDE, SkipCause.OUTSIDE_VIEW))",
        "self._place(entry, action.Skip(entry.record.ref, OUTSIDE, SkipCause.BEFORE_START))",
    ),
    Break(
        "18 totals count what was added",
        "every-skip-names-its-cause",
        "admin/runs.py",
        "added=sum(sum(line.created.values()) for line in mine)",
        "added=sum(sum(line.updated.values()) + line.linked for line in mine) * 2",
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
)
