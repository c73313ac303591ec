"""What a scenario's file may say, and how a slip in it is told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bigin_sync.errors import UnreadableFile
from bigin_sync.replay.reading import read, scenario_files
from bigin_sync.replay.words import Tally, read_tally

STORY = """\
title: A title
story: Some prose.
before:
  both:
    contacts:
      - First Name: Ida
        Last Name: Lindqvist
        made: 2026-02-20 10:00 by Ana
        edited: 2026-02-21 11:30
  crm:
    companies:
      - Account_Name: Larkspur Tools
steps:
  - sync: {contacts: "2 linked, 1 created in crm"}
  - edit: {contact: Ida Lindqvist, in: bigin, by: Ana, to: {Home Phone: "1", Title: }}
    later: 0 seconds
  - wait: 2 hours
  - sync: nothing to do
  - daemon:
      for: 2 minutes
      runs:
        "11:05:00": contacts, pipelines
        "11:05:30": {modules: contacts, companies: 1 linked}
        "11:06:15": {stopped: at work}
    beside: a run
after: {}
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _slip(folder: Path, text: str) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(_file(folder, text))
    return caught.value.what


def test_field_names_may_be_written_with_spaces_and_are_the_api_s_inside(tmp_path: Path) -> None:
    scenario = read(_file(tmp_path, STORY))
    (ida,) = scenario.before.on("bigin")["contact"]
    assert ida.values == {"First_Name": "Ida", "Last_Name": "Lindqvist"}
    assert scenario.steps[1].edit is not None
    assert scenario.steps[1].edit.to == {"Home_Phone": "1", "Title": None}


def test_what_stands_under_both_exists_on_either_side(tmp_path: Path) -> None:
    before = read(_file(tmp_path, STORY)).before
    assert before.on("crm")["contact"] == before.on("bigin")["contact"]
    assert "company" not in before.on("bigin")
    assert len(before.on("crm")["company"]) == 1


def test_a_stamp_says_who_and_when_or_one_of_them(tmp_path: Path) -> None:
    (ida,) = read(_file(tmp_path, STORY)).before.on("crm")["contact"]
    assert (ida.made.at, ida.made.by) == (datetime(2026, 2, 20, 10, tzinfo=UTC), "Ana")
    assert ida.edited is not None
    assert (ida.edited.at, ida.edited.by) == (datetime(2026, 2, 21, 11, 30, tzinfo=UTC), None)


def test_steps_are_a_minute_apart_unless_told_otherwise(tmp_path: Path) -> None:
    steps = read(_file(tmp_path, STORY)).steps
    assert [step.later for step in steps[:2]] == [timedelta(minutes=1), timedelta()]
    assert steps[2].wait == timedelta(hours=2)


def test_a_run_says_what_it_does_kind_by_kind_or_that_it_is_calm(tmp_path: Path) -> None:
    steps = read(_file(tmp_path, STORY)).steps
    assert steps[0].sync is not None
    assert steps[0].sync.tallies == {"contact": Tally({"linked": 2, "created in crm": 1})}
    assert steps[3].sync is not None
    assert steps[3].sync.calm


def test_a_daemon_tells_its_runs_by_their_times_and_what_each_is_over_and_does(tmp_path: Path) -> None:
    step = read(_file(tmp_path, STORY)).steps[4]
    assert (step.name, step.beside) == ("daemon", "a run")
    assert step.daemon is not None
    quiet, busy, stopped = step.daemon.runs.values()
    assert (quiet.modules, quiet.did.calm) == (["contacts", "pipelines"], True)
    assert (busy.modules, busy.did.tallies) == (["contacts"], {"company": Tally({"linked": 1})})
    assert (stopped.modules, stopped.did.stopped) == ([], "at work")


def test_a_tally_reads_back_as_it_is_written() -> None:
    written = "1 created in bigin, 2 linked, 3 updated in crm, 1 held, 2 problems"
    assert str(read_tally(written)) == written


@pytest.mark.parametrize(
    ("told", "line", "part"),
    [
        (STORY.replace("title: A title\n", ""), 1, "`title` is missing"),
        (STORY.replace("contacts:", "people:", 1), 4, "'people' is no kind of record"),
        (STORY.replace("in: bigin", "in: sugar"), 15, "'bigin' or 'crm'"),
        (STORY.replace("2 hours", "two hours"), 17, "10 minutes"),
        (STORY.replace("2 linked,", "2 liked,"), 14, "'2 liked' is not understood"),
        (STORY.replace("sync: nothing to do", "sync"), 18, "says nothing"),
        (STORY.replace("wait: 2 hours", "pray: hard"), 17, "a step is exactly one of"),
        (STORY.replace("by: Ana, to", "by: Ana, until: now, to"), 15, "no key that a scenario knows"),
        (STORY.replace("2026-02-20 10:00", "yesterday"), 8, "2026-03-01 17:30"),
        (STORY.replace("contact: Ida Lindqvist, ", ""), 15, "which record is meant"),
        (STORY.replace("for: 2 minutes", "for: 2 days"), 20, "less than 1 day"),
        (STORY.replace('"11:05:00"', '"11:05"'), 22, "11:05"),
        (STORY.replace("companies: 1 linked", "people: 1 linked"), 23, "'people' is no kind of record"),
        (STORY.replace("beside: a run", "beside: a friend"), 25, "'a run' or 'a daemon'"),
        (STORY.replace("steps:", "steps"), 14, "no YAML"),
        (STORY.replace("    companies:", "    companies: ["), 12, "no YAML"),
    ],
)
def test_a_slip_is_told_with_its_file_its_line_and_what_is_wrong(
    tmp_path: Path, told: str, line: int, part: str
) -> None:
    message = _slip(tmp_path, told)
    assert part in message
    assert f"story.yaml, line {line}:" in message


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnreadableFile, match="no YAML"):
        read(path)


def test_a_folder_stands_for_the_scenarios_in_it(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "notes.md"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert [path.name for path in scenario_files([tmp_path])] == ["a.yml", "b.yaml"]


def test_a_path_that_leads_nowhere_and_a_folder_without_scenarios_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no file or folder"):
        scenario_files([tmp_path / "gone"])
    with pytest.raises(UnreadableFile, match="no scenario"):
        scenario_files([tmp_path])
