"""Doing what a scenario's steps say: people through the products' own APIs, the sync through its own commands."""

from collections.abc import Mapping
from datetime import timedelta

from bigin_sync.admin import conflicts, owners, preview, runs
from bigin_sync.emulator.deletions import restore_record
from bigin_sync.emulator.merges import merge as merged
from bigin_sync.emulator.replies import ItemError
from bigin_sync.errors import StopRun, UnreadableFile
from bigin_sync.jobs.room import Room
from bigin_sync.model.side import BOTH, Side
from bigin_sync.replay.faults import automation_of, rule_of
from bigin_sync.replay.moves import Automation, Edit, Fault, Join, Make, Pair, Resolve, Touch
from bigin_sync.replay.orders import Merge
from bigin_sync.replay.stage import Stage
from bigin_sync.replay.words import Tally
from bigin_sync.sync.progress import Aside, Counts, Report

_PLANNED = {
    "link": "linked",
    "create": "created",
    "update": "updated",
    "associate": "joined",
    "merge": "updated",
    "hold": "held",
    "skip": "skipped",
    "wait": "waiting",
    "problem": "problem",
}
"""The journal's verbs -> the words of scenarios; the others write nothing and set nothing aside."""


def wait(stage: Stage, span: timedelta) -> None:
    """Time goes by."""
    stage.clock.advance(span.total_seconds())


def edit(stage: Stage, told: Edit) -> None:
    """A person changes fields of a record."""
    place = stage.places[told.in_]
    row = place.find(told.kind, told.it)
    stage.people.edit(place, told.kind, row.id, values=told.to, by=told.by)


def make(stage: Stage, told: Make) -> None:
    """A person makes a record."""
    stage.people.make(stage.places[told.in_], told.kind, values=told.it, by=told.by)


def delete(stage: Stage, told: Touch) -> None:
    """A person deletes a record."""
    place = stage.places[told.in_]
    stage.people.delete(place, told.kind, place.find(told.kind, told.it).id, by=told.by)


def restore(stage: Stage, told: Touch) -> None:
    """A person who works there takes a record out of the recycle bin: in its web pages, for Bigin's API has no call."""
    place = stage.places[told.in_]
    module = place.module(told.kind).api_name
    gone = [one for one in place.org.bin.everything() if one.module == module and one.row is not None]
    named = [one for one in gone if one.row is not None and place.label(told.kind, one.row) == told.it]
    if len(named) != 1:
        raise UnreadableFile(f"The scenario does not fit: the recycle bin of {told.in_} has no single {told.it!r}.")
    stage.people.token(told.in_, told.by)
    try:
        with stage.world.lock:
            restore_record(place.org, named[0].id)
    except ItemError as error:
        raise UnreadableFile(f"The scenario does not fit: {told.in_} restores no {told.it!r}: {error}") from error


def merge(stage: Stage, told: Merge) -> None:
    """A person merges two records of one org, as people do in its web pages."""
    place = stage.places[told.in_]
    winner, loser = place.find(told.kind, told.into), place.find(told.kind, told.it)
    by = place.org.users[place.user(told.by)]
    with stage.world.lock:
        merged(place.org, place.module(told.kind), winner.id, loser_ids=[loser.id], by=by)


def resolve(stage: Stage, told: Resolve) -> None:
    """A person settles what was held."""
    for line in conflicts.listing(stage.room):
        if line.kind != told.kind or line.field != told.field:
            continue
        here = stage.room.pairing.title(stage.places[told.in_].side) if told.in_ else ""
        if line.record == told.it or line.record.startswith(f"{told.it} ({here} "):
            answers = {told.winner: told.winner} | {str(choice.value): choice.answer for choice in line.choices}
            answer = answers[told.winner] if told.field is None else told.winner
            conflicts.resolve(stage.room, line.id, answer)
            return
    raise UnreadableFile(f"The scenario does not fit: nothing about {told.it!r} waits for a decision at this moment.")


def pair(stage: Stage, told: Pair) -> None:
    """A person pairs two users."""
    emails = [stage.places[label].org.users[stage.places[label].user(name)].email for label, name in told]
    owners.set_pair(stage.room, emails[0], emails[1])


def fault(stage: Stage, told: Fault) -> None:
    """From now on something goes wrong on the line of one product."""
    stage.world.faults.add(rule_of(told))


def automation(stage: Stage, told: Automation) -> None:
    """From now on an app edits what the sync writes to an org; or no app does any more."""
    place = stage.places[told.in_]
    rule = automation_of(told, org=place.org, by=place.user(told.by))
    if rule is None:
        stage.world.faults.lift("workflow", product=told.in_)
    else:
        stage.world.faults.add(rule)


def join(stage: Stage, told: Join) -> None:
    """A person joins records of another kind with a record."""
    place = stage.places[told.in_]
    stage.people.join(place, told.kind, place.find(told.kind, told.it).id, told.joined(), by=told.by)


def part(stage: Stage, told: Join) -> None:
    """A person takes records of another kind away from a record."""
    place = stage.places[told.in_]
    stage.people.part(place, told.kind, place.find(told.kind, told.it).id, told.joined(), by=told.by)


def sync(stage: Stage, *, full: bool) -> tuple[dict[str, Tally], str | None]:
    """A run: kind -> what happened how often, and the sentence it stopped with, if it did."""
    try:
        report = runs.sync(stage.room, full=full)
    except StopRun as stop:
        return {}, str(stop)
    return in_words(stage.room, report)


def in_words(room: Room, report: Report) -> tuple[dict[str, Tally], str | None]:
    """What a run came to: kind -> what happened how often, and the sentence with which modules of it stopped."""
    labels = {side: room.pairing.label(side) for side in BOTH}
    return {kind: counted(counts, labels) for kind, counts in report.counts.items()}, report.brake


def plan(stage: Stage) -> tuple[dict[str, Tally], str | None]:
    """A dry run: kind -> what would happen how often."""
    return previewed(stage, preview.plan(stage.room))


def previewed(stage: Stage, report: Report) -> tuple[dict[str, Tally], str | None]:
    """What a dry run found, in the words of scenarios."""
    labels = {stage.room.pairing.title(place.side): label for label, place in stage.places.items()}
    told: dict[str, dict[str, int]] = {}
    for total in preview.totals(stage.room, report):
        what = _PLANNED.get(total.action)
        if what is not None:
            spoken = f"{what} in {labels[total.product]}" if total.product else what
            counts = told.setdefault(total.kind, {})
            counts[spoken] = counts.get(spoken, 0) + total.number
    return {kind: Tally(counts) for kind, counts in told.items()}, report.brake


def counted(counts: Counts, labels: Mapping[Side, str]) -> Tally:
    """The counts of a run, in the words of scenarios."""
    told = {"linked": counts.linked} | {str(why): counts.aside(why) for why in Aside}
    for side, label in labels.items():
        told[f"created in {label}"] = counts.created[side]
        told[f"updated in {label}"] = counts.updated[side]
        told[f"joined in {label}"] = counts.joined[side]
    return Tally({what: count for what, count in told.items() if count})
