"""Replay itself: a wrong expectation is told, a rewritten file keeps what people wrote, nonsense is refused."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bigin_sync.errors import UnreadableFile
from bigin_sync.replay import run_paths
from bigin_sync.replay.play import play
from bigin_sync.replay.reading import read

STORY = """\
# A comment on top.
title: Ida arrives
story: >
  Ida is entered in the CRM and arrives in Bigin.
before:
  crm:
    contacts:
      - First Name: Ida  # as she likes it
        Last Name: "Lindqvist"
        Email: ida@larkspur.example
steps:
  # Then the sync comes.
  - sync:
      contacts: 1 created in bigin
  - sync: nothing to do
after:
  both:
    contacts:
      # She is the only one.
      - First Name: Ida
        Last Name: "Lindqvist"
        Email: ida@larkspur.example
"""
WRONG = (
    STORY.replace("contacts: 1 created in bigin", "contacts: 2 linked")
    .replace(
        "        Email: ida@larkspur.example\nsteps", "        Email: ida@larkspur.example\n        Title: Buyer\nsteps"
    )
    .replace("      # She is the only one.\n", "      - Last Name: Nobody\n      # She is the only one.\n")
)


def _file(folder: Path, text: str) -> Path:
    path = folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _told(path: Path, *, rewrite: bool = False) -> tuple[int, str]:
    screen = io.StringIO()
    code = run_paths([path], rewrite=rewrite, console=Console(file=screen, width=200))
    return code, screen.getvalue()


def test_a_story_that_goes_as_told_ends_with_code_0(tmp_path: Path) -> None:
    code, told = _told(_file(tmp_path, STORY))
    assert code == 0
    assert "Ida is entered in the CRM" in told
    assert "1 of 1 scenarios went as told" in told


def test_a_wrong_expectation_ends_with_code_1_and_says_what_differs_in_words(tmp_path: Path) -> None:
    code, told = _told(_file(tmp_path, WRONG))
    assert code == 1
    assert "Step 1 (sync): contacts were expected to come to 2 linked, and came to 1 created in bigin" in told
    assert "In the end: bigin: contact Nobody is missing" in told
    assert "In the end: crm: contact Ida Lindqvist: Title is 'Buyer', expected blank" in told


def test_rewriting_corrects_what_is_expected_and_leaves_the_rest_as_people_wrote_it(tmp_path: Path) -> None:
    path = _file(tmp_path, WRONG)
    code, told = _told(path, rewrite=True)
    assert (code, "rewritten" in told) == (1, True)
    assert _told(path)[0] == 0
    right = path.read_text(encoding="utf-8")
    expected = STORY.replace("Email: ida@larkspur.example\n", "Email: ida@larkspur.example\n        Title: Buyer\n")
    assert right == expected


def test_a_story_that_goes_as_told_is_not_rewritten(tmp_path: Path) -> None:
    path = _file(tmp_path, STORY)
    before = path.stat().st_mtime_ns
    _told(path, rewrite=True)
    assert path.stat().st_mtime_ns == before
    assert path.read_text(encoding="utf-8") == STORY


def test_a_file_that_cannot_be_read_is_refused_before_anything_is_played(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(STORY, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("title: [", encoding="utf-8")
    screen = io.StringIO()
    with pytest.raises(UnreadableFile, match=r"b\.yaml, line 1"):
        run_paths([tmp_path], rewrite=False, console=Console(file=screen))
    assert screen.getvalue() == ""


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ("edit: {contact: Olle, in: crm, by: Ben, to: {Title: X}}", "no contact called 'Olle'"),
        ("edit: {contact: Ida Lindqvist, in: crm, by: Zoe, to: {Title: X}}", "Zoe"),
        ("edit: {contact: Ida Lindqvist, in: crm, by: Ben, to: {Shoe Size: X}}", "no field Shoe_Size"),
        ("edit: {contact: Ida Lindqvist, in: crm, by: Ben, to: {Phone: 5}}", "needs quotes"),
        ("edit: {contact: Ida Lindqvist, in: crm, by: Ben, to: {Last Name: }}", "refuses"),
        ("restore: {contact: Ida Lindqvist, in: crm}", "recycle bin"),
        ("resolve: {contact: Ida Lindqvist, field: Title, winner: crm}", "waits for a decision"),
    ],
)
def test_a_step_that_makes_no_sense_at_its_moment_is_refused(tmp_path: Path, step: str, what: str) -> None:
    story = read(_file(tmp_path, STORY.replace("  - sync: nothing to do", f"  - {step}")))
    with pytest.raises(UnreadableFile, match=what):
        play(story)


def test_a_plan_that_would_write_could_not_pass(tmp_path: Path) -> None:
    plan = "  - plan:\n      contacts: 1 created in bigin\n"
    played = play(read(_file(tmp_path, STORY.replace("  # Then the sync comes.\n", plan))))
    assert played.faults == []
    assert [ran.calls for ran in played.ran.values()] == [0, 1, 0]


def test_what_a_daemon_does_otherwise_is_told_with_its_time_and_rewritten(tmp_path: Path) -> None:
    wrong = """\
  - daemon:
      for: 2 minutes
      runs:
        "09:01:00": {modules: pipelines, contacts: 2 linked}
        "09:01:30": contacts
        "09:01:45": contacts
"""
    path = _file(tmp_path, STORY.replace("  - sync:\n      contacts: 1 created in bigin\n", wrong))
    code, told = _told(path, rewrite=True)
    assert code == 1
    assert "Step 1 (daemon): at 09:01:00 contacts were expected to come to 2 linked" in told
    assert "at 09:01:00 a run over pipelines was expected, and it was over contacts" in told
    assert "at 09:01:45 a run was expected, and there was none" in told
    assert "at 09:02:15 no run was expected, and there was one: contacts: nothing to do" in told
    assert _told(path)[0] == 0
    assert read(path).steps[0].daemon is not None
    assert '"09:02:15": contacts\n' in path.read_text(encoding="utf-8")
