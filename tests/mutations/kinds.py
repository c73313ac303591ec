"""Each rule of kinds, their order and what they carry, broken in one place."""

from tests.mutations.a_break import Break

UNGUARDED = (("zoho/gate.py", "found = _forbidden_key(body)", "found = None"),)
"""The last gate before the wire, open: what should not have come so far goes out."""

KINDS = (
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
        "2 the team pipeline is part of a stage's name",
        "crm-with-pipelines",
        "jobs/kinds.py",
        "teams = () if pipelines else",
        "teams = () if layouts else",
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
        "sync/joined.py",
        "        for side in self.shown - self.was:\n",
        "        for side in self.shown:\n",
    ),
    Break(
        "2 a plan shows the products of a deal",
        "products-of-a-deal-cross",
        "sync/run.py",
        "            foresee(plan.work, works, report)\n",
        "            del plan\n",
    ),
    Break(
        "2 a CRM without pipelines has stages all the same",
        "crm-without-pipelines",
        "pairing/stages.py",
        "    if pipelines is None:\n        return tuple(_Step(",
        "    if pipelines is None:\n        return () and tuple(_Step(",
    ),
    Break(
        "2 a stage goes where a person's map sends it",
        "stage-without-counterpart-waits",
        "pairing/stages.py",
        "mapped = [target for meant, target in self._entries if source.meant_by(meant)]",
        "mapped = list[str]()",
    ),
    Break(
        "3 how activities are linked is found in each org",
        "activities-linked-the-same-way",
        "pairing/mapping.py",
        "[pair for pair in spec.fields if pair.left in left and pair.right in right]",
        "[one for one in {pair.name: pair for pair in reversed(spec.fields)}.values()"
        " if one.left in left and one.right in right]",
    ),
    Break(
        "3 an activity is taken up once its parent is linked",
        "an-activity-of-an-unsynced-record-waits",
        "sync/planning.py",
        "                waits.await_(session, setup.iid, rows=self._awaited)\n",
        "",
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
        'when_right=_when(kind, Side.RIGHT, "$se_module", inside=True)',
        'when_right=_when(CONTACT if kind == DEAL else kind, Side.RIGHT, "$se_module", inside=True)',
    ),
    Break(
        "5 reminders never cross",
        "reminders-never-cross",
        "pairing/bigin_crm/activities.py",
        'return {"Outbound_Call_Status":',
        'return {"Reminder": "2026-03-06T13:45:00+00:00", "Outbound_Call_Status":',
        UNGUARDED,
    ),
    Break(
        "5 repetitions never cross",
        "recurrence-never-crosses",
        "pairing/bigin_crm/activities.py",
        "    whole_days=WholeDays(",
        '    at_birth=lambda *_: {"Recurring_Activity": {"RRULE": "FREQ=DAILY;COUNT=3;DTSTART=2026-03-09"}},\n'
        "    whole_days=WholeDays(",
        UNGUARDED,
    ),
    Break(
        "5 invitations never go out",
        "invitations-never-go-out",
        "pairing/bigin_crm/activities.py",
        "    whole_days=WholeDays(",
        '    at_birth=lambda *_: {"Participants": [{"type": "email", "participant": "guest@guest.example"}]},\n'
        "    whole_days=WholeDays(",
        UNGUARDED,
    ),
    Break(
        "5 workflows keep quiet unless they are wanted",
        "workflows-run-only-if-wanted",
        "jobs/assemble.py",
        "trigger=terms.trigger,",
        "trigger=tuple(type(terms).model_validate({'trigger': ['workflow']}).trigger),",
    ),
    Break(
        "5 workflows run if they are wanted",
        "workflows-run-only-if-wanted",
        "zoho/writing.py",
        '"trigger": [str(one) for one in trigger]},',
        '"trigger": []},',
    ),
    Break(
        "6 parents come first",
        "a-company-and-its-people-arrive-together",
        "pairing/catalog.py",
        "return tuple(TopologicalSorter(graph).static_order())",
        "return tuple(reversed(tuple(TopologicalSorter(graph).static_order())))",
    ),
    Break(
        "6 a child whose parent is not there yet is not lost",
        "a-contact-whose-company-is-held",
        "sync/landing.py",
        "    waits.wake(session, work.setup.iid, refs=[link.ref(side) for link in whole for side in BOTH])\n",
        "",
    ),
    Break(
        "6 a child whose parent failed is taken up with it",
        "a-refused-company-keeps-nobody-back-for-good",
        "sync/creating.py",
        "        wake(session, work, made)\n",
        "",
    ),
    Break(
        "6 a deal waits for its company to be settled",
        "a-deal-whose-company-is-held-waits",
        "sync/planning.py",
        "        if entry.id in known.doubts:\n",
        "        if False:\n",
    ),
)
