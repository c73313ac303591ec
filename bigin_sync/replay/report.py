"""Telling a person how scenarios went: a line for each, what was not as expected, and a closing sentence."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from bigin_sync.replay.moves import Step
from bigin_sync.replay.play import Played
from bigin_sync.replay.words import field_words


def tell_one(console: Console, played: Played) -> None:
    """One scenario: its title, or all of its story where something was not as expected."""
    mark = "[green]✓[/]" if played.fine else "[red]✗[/]"
    console.print(f"{mark} {escape(played.scenario.title)}  [dim]{escape(str(played.scenario.path))}[/]")
    if played.fine:
        return
    console.print(_course(played))
    for fault in played.faults:
        console.print(f"  [red]•[/] {escape(fault)}")


def tell_fully(console: Console, played: Played) -> None:
    """One scenario with its story and every step, for somebody who watches a single one."""
    console.print(Panel(escape(played.scenario.story.strip()), title=escape(played.scenario.title), title_align="left"))
    console.print(_course(played))
    for fault in played.faults:
        console.print(f"  [red]•[/] {escape(fault)}")
    console.print("[green]Everything as told.[/]" if played.fine else "[red]Not as told.[/]")


def tell_all(console: Console, played: Sequence[Played]) -> None:
    """The closing sentence."""
    failed = [one for one in played if not one.fine]
    fine = len(played) - len(failed)
    console.print(f"{fine} of {len(played)} scenarios went as told.")
    for one in failed:
        console.print(f"  [red]✗[/] {escape(one.scenario.title)}")
    if failed:
        console.print("[dim]--rewrite writes what happened into the files; read the difference before you keep it.[/]")


def _course(played: Played) -> Table:
    table = Table(box=None, padding=(0, 2), show_header=True, header_style="dim")
    table.add_column("#", justify="right", style="dim")
    table.add_column("step")
    table.add_column("what happened")
    table.add_column("writing calls", justify="right")
    for number, step in enumerate(played.scenario.steps):
        ran = played.ran.get(number) or played.lived.get(number)
        told = ("", "") if ran is None else (str(ran), str(ran.calls))
        table.add_row(str(number + 1), escape(in_words(step)), escape(told[0]), told[1])
    return table


def in_words(step: Step) -> str:
    """A step in a few words."""
    if (edit := step.edit) is not None:
        changes = ", ".join(f"{field_words(name)}: {'' if to is None else to}" for name, to in edit.to.items())
        return f"{_who(edit.by)} edits {edit.it} in {edit.in_} ({changes})"
    if (made := step.create) is not None:
        name = " ".join(str(value) for value in list(made.it.values())[:2])
        return f"{_who(made.by)} enters the {made.kind} {name} in {made.in_}"
    for verb, touched in (("deletes", step.delete), ("restores", step.restore)):
        if touched is not None:
            return f"{_who(touched.by)} {verb} {touched.it} in {touched.in_}"
    for verb, joined in (("joins", step.join), ("parts", step.part)):
        if joined is not None:
            return f"{_who(joined.by)} {verb} {joined.it} and {', '.join(joined.products)} in {joined.in_}"
    if (settled := step.resolve) is not None:
        return f"{settled.it} is settled: {settled.winner}"
    if (app := step.automation) is not None:
        what = app.sets or app.appends or ("takes back what is written" if app.reverts == "yes" else "is switched off")
        return f"an app in {app.in_}: {what}"
    if (failing := step.fault) is not None:
        return f"{failing.in_} {failing.call}: {failing.what}"
    return f"{step.wait} go by" if step.wait is not None else _asked(step)


def _asked(step: Step) -> str:
    """What is asked of the sync itself, and what is rare."""
    if (merged := step.merge) is not None:
        return f"{_who(merged.by)} merges {merged.it} into {merged.into} in {merged.in_}"
    if (signed := step.connect) is not None:
        return f"{_who(signed.by)} connects {signed.in_}"
    if (daemon := step.daemon) is not None:
        return f"the daemon lives for {daemon.span}"
    if (taken := step.reconfigure) is not None:
        return f"{taken.module} is taken up again, on conflict: {taken.strategy}"
    told = getattr(step, step.name)
    module = told if isinstance(told, str) else getattr(told, "module", "")
    return f"{step.name.replace('_', ' ')} {module}".strip()


def _who(name: str | None) -> str:
    return name or "the administrator"
