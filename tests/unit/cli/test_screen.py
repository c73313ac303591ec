"""What a person sees."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bigin_sync.cli.screen import Screen, counted, ending, moment, plain, shown
from bigin_sync.model.side import Side


@dataclass(frozen=True, slots=True)
class Answer:
    side: Side
    at: datetime
    counts: dict[Side, int]
    words: tuple[str, ...]


@pytest.mark.parametrize("hostile", ["\x1b[2J", "a\x07b", "\x9b31m", "name\u202egnp.exe", "\x00"])
def test_a_record_can_neither_move_the_cursor_nor_hide_itself(hostile: str) -> None:
    shown_text = plain(hostile)
    assert shown_text != hostile
    assert shown_text.isprintable()


def test_letters_of_all_languages_pass_unharmed() -> None:
    assert plain("Zoë Łuczak 山田 Ünal — 50 %") == "Zoë Łuczak 山田 Ünal — 50 %"


def test_brackets_in_a_name_are_text_and_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table(["Name"], [["[bold]ACME[/bold] [/]"]])
    assert "[bold]ACME[/bold] [/]" in capsys.readouterr().out


def test_an_answer_as_json_is_one_document_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer(Side.LEFT, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), {Side.RIGHT: 2}, ("ä",))
    screen = Screen()
    screen.remark("beside it")
    screen.json([answer])
    printed = capsys.readouterr()
    assert json.loads(printed.out) == [
        {"side": "left", "at": "2026-01-02T03:04:05+00:00", "counts": {"right": 2}, "words": ["ä"]}
    ]
    assert "ä" in printed.out
    assert printed.err == "beside it\n"


def test_what_would_move_the_cursor_or_turn_the_line_is_escaped_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = "\x1b[2J \x9b31m \u202e \x85 \U000e0041 \ud83d é👩"
    Screen().json({"name": told})
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": told}
    assert out.replace("\n", "").isprintable()
    assert "é👩" in out


def test_a_long_line_in_a_pipe_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "word " * 100
    Screen().say(sentence.strip())
    assert capsys.readouterr().out == sentence.strip() + "\n"


def test_values_are_shown_in_words() -> None:
    assert [shown(value) for value in (None, True, False, ["a", "b"], "x")] == ["(blank)", "yes", "no", "a; b", "x"]
    assert moment(None) == ""
    assert (counted(1, "record"), counted(2_000, "entry", "entries")) == ("1 record", "2,000 entries")


RUN = (["Kind", "#Looked at", "#Created in Bigin", "#Held"], [("contact", "12,345", "7", "0"), ("deal", "9", "0", "0")])


def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, width: int) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    Screen().table(*RUN, title="What became of it")
    return [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip(" ─")]


def test_a_table_is_shown_whole_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(monkeypatch, capsys, width=60) == [
        "What became of it",
        " Kind      Looked at   Created in Bigin   Held",
        " contact      12,345                  7      0",
        " deal              9                  0      0",
    ]


def test_a_narrow_window_breaks_titles_between_words_and_never_a_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(monkeypatch, capsys, width=36)[-2:] == [
        " contact   12,345          7      0",
        " deal           9          0      0",
    ]


def test_a_narrower_window_leaves_columns_of_noughts_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(monkeypatch, capsys, width=28)[-2:] == [" contact   12,345         7", " deal           9         0"]


def test_the_narrowest_window_shows_row_below_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(monkeypatch, capsys, width=25) == [
        "What became of it",
        *("Kind              contact", "Looked at         12,345", "Created in Bigin  7"),
        *("Kind              deal", "Looked at         9"),
    ]


@pytest.mark.parametrize(
    ("state", "error", "told"),
    [
        ("done", None, "done"),
        ("done", "contacts: too many", "done; stopped was contacts: too many"),
        ("stopped", "Nothing was written.", "stopped: Nothing was written."),
        ("interrupted", "The user may not.", "ended early: The user may not."),
    ],
)
def test_how_a_run_ended_is_told_in_words_for_people(state: str, error: str | None, told: str) -> None:
    assert ending(state, error) == told
