"""Progress without a terminal."""

from io import StringIO

from rich.console import Console

from bigin_sync.cli.progress import watching
from bigin_sync.model.side import Side
from bigin_sync.pairing.bigin_crm import BIGIN_CRM


def test_a_stage_is_told_once_with_its_final_count() -> None:
    told = StringIO()
    with watching(Console(file=told, force_terminal=False), BIGIN_CRM) as progress:
        for done in (200, 400, 450):
            progress.stage("reading", kind="company", side=Side.LEFT, done=done, total=None)
        progress.stage("reading", kind="company", side=Side.RIGHT, done=1_200, total=1_200)
        progress.stage("writing", kind="company", side=Side.RIGHT, done=3, total=3)
        progress.say("by the way")
    assert told.getvalue().splitlines() == [
        "reading company (Bigin): 450",
        "reading company (Zoho CRM): 1,200",
        "by the way",
        "writing company (Zoho CRM): 3",
    ]


def test_on_a_terminal_there_is_a_bar_per_stage_and_side() -> None:
    told = StringIO()
    with watching(Console(file=told, force_terminal=True, width=120), BIGIN_CRM) as progress:
        progress.stage("reading", kind="contact", side=Side.LEFT, done=5, total=10)
        progress.stage("reading", kind="contact", side=Side.LEFT, done=10, total=10)
    assert "reading contact (Bigin)" in told.getvalue()
    assert "10/10" in told.getvalue()
