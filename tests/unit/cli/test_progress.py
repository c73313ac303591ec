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


def test_stages_that_go_on_together_are_told_once_each_and_one_that_begins_anew_once_more() -> None:
    told = StringIO()
    with watching(Console(file=told, force_terminal=False), BIGIN_CRM) as progress:
        for done in (200, 400):
            progress.stage("reading", kind="company", side=Side.LEFT, done=done, total=None)
            progress.stage("reading", kind="contact", side=Side.LEFT, done=10 * done, total=None)
        progress.stage("planning", kind="company", side=None, done=400, total=None)
        for done in (100, 200):
            progress.stage("writing", kind="company", side=Side.RIGHT, done=done, total=None)
            progress.stage("planning", kind="contact", side=None, done=20 * done, total=None)
        progress.stage("writing", kind="contact", side=Side.RIGHT, done=300, total=None)
        progress.stage("planning", kind="contact", side=None, done=7, total=None)
    assert told.getvalue().splitlines() == [
        "reading company (Bigin): 400",
        "reading contact (Bigin): 4,000",
        "planning company: 400",
        "writing company (Zoho CRM): 200",
        "planning contact: 4,000",
        "writing contact (Zoho CRM): 300",
        "planning contact: 7",
    ]


def test_on_a_terminal_there_is_a_bar_per_stage_and_side() -> None:
    told = StringIO()
    with watching(Console(file=told, force_terminal=True, width=120), BIGIN_CRM) as progress:
        progress.stage("reading", kind="contact", side=Side.LEFT, done=5, total=10)
        progress.stage("reading", kind="contact", side=Side.LEFT, done=10, total=10)
    assert "reading contact (Bigin)" in told.getvalue()
    assert "10/10" in told.getvalue()
