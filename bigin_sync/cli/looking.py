"""`bigin-sync status`, `history` and `why`: how things stand, and how they came to stand so."""

from typing import Annotated

import typer

from bigin_sync.admin import runs, status, why
from bigin_sync.admin.next_step import next_step
from bigin_sync.admin.status import Status
from bigin_sync.admin.why import Explanation
from bigin_sync.cli.opening import opened
from bigin_sync.cli.options import Json, Limit
from bigin_sync.cli.screen import Screen, changes, moment, shown


def status_command(*, as_json: Json = False) -> None:
    """How things stand: both orgs, the modules, the last run, credits, how far was read, what needs a person.

    For example:

        bigin-sync status
        bigin-sync status --json
    """
    screen = Screen()
    with opened() as room:
        now = status.status(room)
        if as_json:
            screen.json(now)
            return
        _show_sides(screen, now)
        _show_modules(screen, now)
        if now.last_run is not None:
            run = now.last_run
            screen.say(
                f"Last run: {run.id}, {run.state}, {moment(run.started_at)} UTC, {run.why}" + _trouble(run.error)
            )
        for notice in now.notices:
            screen.remark(f"{moment(notice.at)}  {notice.text}")
        screen.next(next_step(room))


def history_command(
    run: Annotated[int | None, typer.Argument(metavar="[RUN]", help="The number of a run: show what it wrote.")] = None,
    *,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """The runs, or everything one run wrote, field by field, with what was there before.

    For example:

        bigin-sync history
        bigin-sync history 7 --limit 0
    """
    screen = Screen()
    with opened() as room:
        if run is None:
            _show_runs(screen, runs.history(room, limit=limit or None), as_json=as_json)
            return
        facts = runs.run(room, run)
        writes = list(runs.writes(room, run, limit=limit or None))
        if as_json:
            screen.json({"run": facts, "writes": writes})
            return
        screen.say(
            f"Run {facts.id}: {facts.state}, {moment(facts.started_at)} UTC, {facts.why}" + _trouble(facts.error)
        )
        if not writes:
            screen.say("It wrote nothing and decided nothing.")
            return
        screen.table(
            ["Kind", "Action", "In", "Record", "Field: before → after", "Outcome", "Why"],
            [
                (
                    line.kind,
                    line.action,
                    line.product,
                    line.record,
                    changes(line.fields),
                    line.outcome,
                    [line.why, *line.remarks],
                )
                for line in writes
            ],
        )


def why_command(
    record: Annotated[
        list[str],
        typer.Argument(metavar="RECORD", help="The id of a record on either side, an e-mail address, or a name."),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Everything known of one record: its counterpart, who moved last, what was written, and why it is not synced.

    Several hits are listed, to choose from.

    For example:

        bigin-sync why ana@example.org
        bigin-sync why 7300000000123456
        bigin-sync why Ana Ruiz
    """
    screen = Screen()
    with opened() as room:
        answer = why.why(room, " ".join(record))
        if as_json:
            screen.json(answer)
            return
        if len(answer.hits) > 1:
            screen.table(
                ["Kind", "Record", "Bigin id", "CRM id", "State"],
                [(hit.kind, hit.label, hit.left_id or "-", hit.right_id or "-", hit.state) for hit in answer.hits],
                title=f"{len(answer.hits)} records fit {' '.join(record)!r}",
            )
            screen.next("bigin-sync why ID")
        if answer.explanation is not None:
            _explain(screen, answer.explanation)


def _show_sides(screen: Screen, now: Status) -> None:
    screen.table(
        ["Product", "Org", "Signed in as", "#Credits left", "#Used in 24 h", "Checked (UTC)"],
        [
            (
                side.title,
                side.org,
                side.user,
                f"{side.credits_left:,}",
                f"{side.credits_used:,}",
                moment(side.checked_at),
            )
            for side in now.sides
        ],
    )


def _show_modules(screen: Screen, now: Status) -> None:
    screen.table(
        ["Module", "State", "Kind", "#Linked", "#Waiting", "#Held", "#Problems", "#Skipped"],
        [
            (
                line.name,
                line.state,
                kind.plural,
                *(f"{n:,}" for n in (kind.linked, kind.waiting, kind.held, kind.problems, kind.skipped)),
            )
            for line in now.modules
            for kind in line.kinds
        ],
    )
    if now.cursors:
        screen.table(
            ["Product", "Kind", "Read up to (UTC)", "Last looked (UTC)"],
            [(each.product, each.kind, each.position, moment(each.updated_at)) for each in now.cursors],
        )
    if now.reasons:
        screen.table(
            ["Product", "Kind", "#Records", "State", "Why"],
            [(each.product, each.kind, f"{each.number:,}", each.state, each.why) for each in now.reasons],
            title="Set aside",
        )


def _show_runs(screen: Screen, lines: list[runs.RunLine], *, as_json: bool) -> None:
    if as_json:
        screen.json(lines)
        return
    screen.table(
        ["#Run", "Started (UTC)", "#Seconds", "State", "Why", "#Written", "#Linked", "#Held", "#Problems"],
        [
            (
                str(line.id),
                moment(line.started_at),
                "" if line.seconds is None else f"{line.seconds:.0f}",
                line.state,
                line.why,
                *(f"{n:,}" for n in (line.written, line.linked, line.held, line.problems)),
            )
            for line in lines
        ],
    )


def _explain(screen: Screen, found: Explanation) -> None:
    screen.say(f"{found.kind}: {found.label}", style="bold")
    screen.say(found.state)
    screen.facts(found.facts)
    if found.fields:
        screen.table(
            ["Field", found.left_title, found.right_title],
            [(each.field, shown(each.left), shown(each.right)) for each in found.fields],
            title="As last seen",
        )
    if found.lines:
        screen.table(
            ["#Run", "Time (UTC)", "What", "In", "Field: before → after", "Outcome", "Why"],
            [
                (
                    str(line.run),
                    moment(line.at),
                    line.action,
                    line.product,
                    changes(line.fields),
                    line.outcome,
                    [line.why, *line.remarks],
                )
                for line in found.lines
            ],
            title="History",
        )
    if found.way_out:
        screen.next(found.way_out)


def _trouble(error: str | None) -> str:
    return f": {error}" if error else ""
