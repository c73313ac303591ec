"""Each guard, switched off in one place, and the tests that must fail then.

    python -m tests.mutations.guards [PART OF A GUARD'S NAME]

Ends with code 1 if a test passed although its guard was switched off, or failed for a program that merely broke down.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.mutations.a_break import CRASHES
from tests.mutations.a_guard import ROOT, Guard

NEEDED = ("bigin_sync", "tests", "fixtures", "pyproject.toml")
FAILED = 1
"""What pytest ends with when tests failed; anything else but 0 says that they could not be run."""

WHY = re.compile(r"^FAILED \S+(?: .*\])? - (?:\w+\.)*(\w+)", re.MULTILINE)
"""What a test failed with, in pytest's summary."""


WALK = "tests/exhaustive/test_tiny_world.py"
LOST = "tests/flow/test_lost_updates.py"
MERGING = "tests/unit/sync/test_merge.py"

GUARDS = (
    Guard(
        "the way that an edit goes",
        "sync/merge.py",
        "return moved[0].other if len(moved) == 1 else None",
        "return Side.RIGHT if len(moved) == 1 else None",
        f"{WALK}::test_every_way_through_a_tiny_world_keeps_every_promise",
        (
            f"{MERGING}::test_a_contested_field_goes_to_the_winner_and_other_edits_cross_both_ways",
            "tests/machine/test_two_orgs.py::test_people_who_do_what_they_like_lose_nothing_and_double_nothing",
        ),
    ),
    Guard(
        "the win of the later edit",
        "sync/merge.py",
        'return newest, "the later change wins"',
        'return newest.other, "the later change wins"',
        f"{WALK}::test_every_way_through_a_tiny_world_keeps_every_promise",
        (f"{MERGING}::test_a_contested_field_goes_to_the_winner_and_other_edits_cross_both_ways",),
    ),
    Guard(
        "the way of what was typed over an update that went unanswered",
        "sync/merge.py",
        "typed = [side for side in BOTH if name in self._both.of(side).typed]",
        "typed: list[Side] = []",
        f"{WALK}::test_every_way_through_a_tiny_world_keeps_every_promise",
        (
            f"{WALK}::test_every_strategy_keeps_every_promise_after_an_update_went_unanswered",
            f"{MERGING}::test_what_was_typed_over_an_update_is_no_conflict_with_what_that_carried",
            f"{LOST}::test_what_a_person_typed_over_it_crosses_whatever_else_was_edited_meanwhile",
        ),
    ),
    Guard(
        "the side that always wins",
        "sync/merge.py",
        "Strategy.RIGHT: lambda _policy, _both: (Side.RIGHT,",
        "Strategy.RIGHT: lambda _policy, _both: (Side.LEFT,",
        f"{WALK}::test_every_strategy_keeps_every_promise_in_a_tiny_world",
    ),
    Guard(
        "the intent journal",
        "store/journal.py",
        "return _read(session, [_c.integration_id == iid, UNSETTLED, _c.state != State.PLANNED.value])",
        "return []",
        "tests/flow/test_slow_inserts.py"
        "::test_an_insert_that_takes_effect_after_the_next_run_has_looked_is_not_made_twice",
    ),
    Guard(
        "the echo rule",
        "sync/observe.py",
        "    if written is None or own_user is None or",
        "    if True or",
        "tests/unit/sync/test_observe.py::test_what_the_side_made_of_our_write_is_seen_and_no_edit",
    ),
    Guard(
        "the look behind blanks",
        "sync/arriving.py",
        "named = met.named(work.kind) if gone is None else set()",
        "named = set[Ref]()",
        "tests/flow/test_restored.py"
        "::test_who_leaves_a_company_that_was_deleted_and_restored_right_after_it_was_sent_leaves_it_on_both_sides",
    ),
    Guard(
        "the note of updates that went unanswered",
        "sync/unanswered.py",
        "    if not sent:\n",
        "    if True:\n",
        f"{LOST}::test_what_is_typed_after_an_update_that_went_unanswered_crosses",
    ),
    Guard(
        "the note of what a creation was made of",
        "sync/settled.py",
        "name: write.source.get(name, write.values.get(name)) for name in record.values",
        "name: record.values[name] for name in record.values",
        "tests/flow/test_slow_inserts.py::test_edits_made_before_the_lost_copy_is_found_cross_though_one_of_them_can_not",
    ),
    Guard(
        "the re-reading before an update",
        "sync/updating.py",
        "        arrive(session, work, met, keys=match_keys, gone=reread.gone)\n",
        "",
        "tests/flow/test_edits_in_between.py"
        "::test_an_edit_in_the_second_of_the_last_look_is_a_conflict_where_people_decide",
        ("tests/flow/test_edits_in_between.py::test_what_the_last_look_shows_overwritten_is_carried_no_more",),
    ),
    Guard(
        "the look before an update is sent again",
        "sync/updating.py",
        "return now.keys() == before.keys() and not any(newer(now[id], before[id]) for id in ids)",
        "return True",
        "tests/flow/test_sent_again.py::test_what_was_edited_before_its_update_is_sent_again_is_not_overwritten",
    ),
    Guard(
        "the patience with an org that is behind",
        "sync/updating.py",
        "            if self._behind(link, record):\n",
        "            if False:\n",
        "tests/flow/test_late_lists.py::test_what_a_late_answer_to_the_last_look_hides_is_not_overwritten",
    ),
    Guard(
        "the guard of CRM updates",
        "zoho/writing.py",
        "guarded = unmodified_since is not None and wire.product.guards_updates",
        "guarded = False",
        "tests/flow/test_edits_in_between.py::test_an_edit_in_the_second_of_the_last_look_wins_where_its_side_does",
    ),
    Guard(
        "the glance before a creation",
        "sync/run.py",
        "if glance(work) or _known_otherwise(work, works):",
        "if _known_otherwise(work, works):",
        "tests/flow/test_entered_on_both_sides.py"
        "::test_what_is_entered_on_one_side_after_it_was_read_is_linked_in_the_same_run",
    ),
    Guard(
        "the doubt about what was entered while it was copied",
        "sync/planning.py",
        "    if twin is not None:\n        return action.Hold(ref, (twin.of,)",
        "    if False:\n        return action.Hold(ref, (twin.of,)",
        "tests/flow/test_entered_twice.py"
        "::test_a_contact_entered_while_its_copy_is_made_is_held_and_not_made_a_third_time",
    ),
    Guard(
        "the memory of what was parted",
        "sync/joined.py",
        "        standing = self.was - self.parted\n",
        "        standing = self.was\n",
        "tests/flow/test_joined_again.py::test_what_is_joined_again_after_both_sides_have_parted_it_crosses",
        ("tests/unit/sync/test_joined.py::test_a_story_of_two_records",),
    ),
    Guard(
        "the look whether what is not joined any more was deleted",
        "sync/associating.py",
        "            if each & dead:\n",
        "            if False:\n",
        "tests/flow/test_joined_again.py"
        "::test_what_was_parted_stays_so_though_the_other_side_deletes_and_restores_the_product",
    ),
    Guard(
        "the overlap of readings",
        "zoho/client.py",
        "OVERLAP = timedelta(seconds=120)",
        "OVERLAP = timedelta(0)",
        "tests/flow/test_late_lists.py::test_what_a_side_shows_only_after_the_run_crosses_with_the_next_one_and_once",
    ),
    Guard(
        "the waking of what waits for a restored record",
        "sync/arriving.py",
        "    wake(session, work, [link for link in back if not link.parted])\n",
        "",
        "tests/flow/test_restored.py::test_who_is_given_a_deleted_company_has_it_on_both_sides_once_it_is_restored",
    ),
    Guard(
        "the end of what is asked about an edit that was taken back",
        "sync/arriving.py",
        "withdrawn=link.id if entry is not None or known != after else None,",
        "",
        "tests/flow/test_taken_back.py::test_what_one_side_edited_crosses_once_the_other_has_taken_its_own_edit_back",
    ),
    Guard(
        "the second look at a record whose counterpart was outside the view",
        "sync/planning.py",
        "awaited=(partner.record.ref,)",
        "",
        "tests/flow/test_outside_the_view.py::test_a_record_is_made_once_its_counterpart_outside_the_view_is_deleted",
    ),
    Guard(
        "the silence about deleted records",
        "store/conflicts.py",
        "_c.state == ConflictState.OPEN.value, ~_PARTED)",
        "_c.state == ConflictState.OPEN.value)",
        "tests/flow/test_asked_no_more.py::test_a_person_is_asked_of_a_deleted_record_only_once_it_is_restored",
    ),
    Guard(
        "the end of what is asked about a field that is not mapped any more",
        "jobs/owed.py",
        "            renewal.renew_links(session, iid, link_ids=unmapped)\n",
        "",
        "tests/flow/test_asked_no_more.py::test_a_person_is_asked_about_a_field_only_while_it_is_mapped",
    ),
    Guard(
        "the lease check",
        "store/leases.py",
        "_make_sure(session, _STANDING.with_for_update(read=True), iid, fence=fence)",
        "_STANDING",
        "tests/contract/store/test_store_leases.py::test_who_lost_the_lease_can_not_write_renew_or_release_it",
    ),
    Guard(
        "the look at the lease before a write leaves",
        "zoho/http.py",
        "if self._assure is not None and request.extensions.get(_WRITES):",
        "if self._assure is not None and not request.extensions:",
        "tests/process/test_suspended.py"
        "::test_who_was_suspended_past_his_lease_before_a_write_does_not_send_it_any_more",
    ),
    Guard(
        "the reminder gate",
        "zoho/gate.py",
        "found = _forbidden_key(body)",
        "found = None",
        "tests/unit/zoho/test_gate.py::test_a_mapping_that_names_a_reminder_is_stopped_before_the_wire",
    ),
    Guard(
        "the brakes",
        "sync/brakes.py",
        "if limit is None or count <= limit or _percent(count, of) <= percent:",
        "if limit is None or count <= limit or _percent(count, of) <= 100 * percent:",
        "tests/unit/sync/test_brakes.py::test_a_plan_that_exceeds_both_the_count_and_the_share_is_stopped_with_the_reason",
    ),
    Guard(
        "the count of what was given up within a day",
        "sync/shrunken.py",
        "    gone = missing + lately\n",
        "    gone = missing\n",
        "tests/flow/test_brakes.py"
        "::test_an_org_that_hides_everything_is_found_out_where_only_a_few_records_are_edited_at_a_time",
    ),
    Guard(
        "the note of the last run",
        "jobs/remembered.py",
        "if not goes_on and not looks:",
        "if not goes_on and looks:",
        "tests/flow/test_state_lost.py::test_yesterdays_database_is_left_alone_until_somebody_has_seen_the_plan",
    ),
    Guard(
        "the plan before a restored database is gone on with",
        "jobs/remembered.py",
        "(planned and restored))",
        "restored)",
        "tests/flow/test_state_lost.py::test_yesterdays_database_is_left_alone_until_somebody_has_seen_the_plan",
    ),
    Guard(
        "the look for sync keys",
        "sync/settle.py",
        "if keyed and not _settle_keyed(work, keyed):",
        "if keyed:",
        "tests/flow/test_sync_keys.py::test_a_record_that_never_arrived_is_made_in_the_next_run",
    ),
    Guard(
        "the second look at a double",
        "sync/creating.py",
        "return self._keyed and isinstance(outcome, Refused) and outcome.cause is Cause.DUPLICATE",
        "return False",
        "tests/flow/test_sync_keys.py"
        "::test_an_insert_that_takes_effect_just_before_it_is_sent_again_is_linked_and_not_doubled",
    ),
    Guard(
        "the wait for what is under way",
        "sync/pending.py",
        "if now - (step.settled_at or step.intended_at or step.planned_at) < after",
        "if now < step.planned_at",
        "tests/flow/test_slow_inserts.py"
        "::test_an_insert_that_takes_effect_after_the_next_run_has_looked_is_not_made_twice",
    ),
    Guard(
        "the wait for a copy before its record is linked with another one",
        "sync/planning.py",
        "if in_doubt(partner) and rule != keyed.RULE:",
        "if False:",
        "tests/flow/test_entered_in_the_air.py::test_what_was_entered_meanwhile_is_held_once_the_copy_turns_up",
    ),
    Guard(
        "the doubt about a copy whose record was linked with another one",
        "sync/planning.py",
        "    if entry.id in known.copies.twins:\n",
        "    if False:\n",
        "tests/flow/test_sync_keys.py"
        "::test_a_copy_that_turns_up_after_its_record_was_linked_with_one_entered_by_hand_is_held",
    ),
    Guard(
        "the memory of what a person calls the same",
        "sync/twins.py",
        "found = _tied(session, setup, known) if known else {}",
        "found = dict[int, Twin]()",
        "tests/flow/test_entered_twice.py"
        "::test_a_contact_that_a_person_calls_the_same_is_left_alone_however_long_after_it_is_edited",
    ),
    Guard(
        "the look for another integration",
        "admin/elsewhere.py",
        "    if not found or partner in found:\n",
        "    if found or not found:\n",
        "tests/contract/admin/test_admin_elsewhere.py"
        "::test_an_org_with_copies_from_another_org_is_refused_with_the_reason_whichever_comes_first",
    ),
    Guard(
        "the end of a daemon that is told to stop",
        "cli/waiting.py",
        "        stop.set()\n",
        "        os._exit(0)\n",
        "tests/process/test_daemon.py"
        "::test_told_to_stop_in_its_first_sync_it_lands_what_is_in_the_air_and_the_next_one_goes_on",
    ),
)


def noticed(guard: Guard, test: str) -> bool:
    """Whether a test of a guard fails without it. Raises `RuntimeError` if that proves nothing."""
    with tempfile.TemporaryDirectory(prefix="bigin-sync-guard-") as name:
        folder = Path(name)
        for each in NEEDED:
            if (ROOT / each).is_dir():
                shutil.copytree(ROOT / each, folder / each, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / each, folder / each)
        (folder / "bigin_sync" / guard.file).write_text(guard.switched_off(), encoding="utf-8")
        done = _tried(folder, [test])
    if done.returncode not in (0, FAILED):
        raise RuntimeError(f"{guard.name}: its test can't be run, which proves nothing\n{done.stdout}{done.stderr}")
    if set(WHY.findall(done.stdout)) & {crash.__name__ for crash in CRASHES}:
        raise RuntimeError(f"{guard.name}: the program breaks down without it, which proves nothing\n{done.stdout}")
    return done.returncode == FAILED


def _tried(folder: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", "", "-p", "no:cacheprovider", "-rf", *tests],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "1000", "HYPOTHESIS_PROFILE": "broken"},
        capture_output=True,
        text=True,
        check=False,
    )


def _judged(guard: Guard, test: str) -> tuple[bool, str]:
    """Whether a test of a guard fails without it, and what is to be said of it."""
    try:
        failed = noticed(guard, test)
    except RuntimeError as error:
        return False, str(error)
    return failed, f"{test} {'fails' if failed else 'PASSES'}"


def main(part: str = "") -> int:
    """Switch off every guard whose name has this part. 0: every test failed as it must, and passes with its guard."""
    console, missed = Console(width=120), 0
    if not any(part in guard.name for guard in GUARDS):
        console.print(f"No guard has {part!r} in its name; nothing was switched off.", markup=False)
        return 2
    table = Table("guard", "test", "noticed", title="Each guard switched off once")
    asked = [(guard, test) for guard in GUARDS for test in guard.tests if part in guard.name]
    if (plain := _tried(ROOT, sorted({test for _guard, test in asked}))).returncode != 0:
        raise RuntimeError(
            f"the tests fail with all guards in place, which proves nothing\n{plain.stdout}{plain.stderr}"
        )
    for guard, test in asked:
        failed, said = _judged(guard, test)
        missed += not failed
        console.print(f"{guard.name}: {said}", markup=False, soft_wrap=True)
        table.add_row(guard.name, test, "yes" if failed else "NO")
    console.print(table)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
