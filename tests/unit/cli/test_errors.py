"""Errors to words."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bigin_sync.cli.errors import crashed, report_of, told
from bigin_sync.cli.screen import Screen
from bigin_sync.errors import (
    AccessLost,
    AnswerLost,
    BiginSyncError,
    BrakePulled,
    Bug,
    LeaseLost,
    ModuleStopped,
    OutOfCredits,
    PortInUse,
    RequestRefused,
    Unavailable,
    UnknownModule,
    UnknownRecord,
    kept_of,
)
from bigin_sync.redact import Redactor


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 1, 2, 12, 0, tzinfo=UTC)

    def elapsed(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownModule("x"), 2),
        (PortInUse(8600), 2),
        (ModuleStopped("x", stopped={}), 3),
        (BrakePulled("x"), 3),
        (LeaseLost("x"), 4),
        (AccessLost("x"), 4),
        (OutOfCredits("x"), 4),
        (Unavailable("x"), 4),
        (AnswerLost("x"), 4),
        (RequestRefused("x", code="NO_PERMISSION", status=403), 4),
        (Bug("x"), 4),
    ],
)
def test_every_sort_of_error_has_its_exit_code(error: BiginSyncError, code: int) -> None:
    assert told(error, Screen(), redactor=Redactor()) == code


@pytest.mark.parametrize(
    "error",
    [LeaseLost("Another is at work."), ValueError("Mrs Larkspur"), OSError(28, "No space left"), KeyboardInterrupt()],
)
def test_what_is_kept_of_an_error_is_in_words_for_people(error: BaseException) -> None:
    kept = kept_of(error)
    assert (bool(kept), type(error).__name__ in kept, "Larkspur" in kept) == (True, False, False)


def test_an_error_says_what_happened_why_it_matters_and_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    told(UnknownModule("No such thing.", why="It matters.", hint="Type this."), Screen(), redactor=Redactor())
    assert capsys.readouterr().err.splitlines() == ["Not done: No such thing.", "Why   It matters.", "Next  Type this."]


@pytest.mark.parametrize(
    "error",
    [Unavailable("Away."), AnswerLost("Lost."), RequestRefused("Refused.", code="INVALID_DATA", status=400)],
)
def test_an_error_without_a_way_on_of_its_own_gives_that_of_its_sort(
    error: BiginSyncError, capsys: pytest.CaptureFixture[str]
) -> None:
    told(error, Screen(), redactor=Redactor())
    assert "\nNext  " in capsys.readouterr().err
    assert error.next not in str(error)


def test_a_bug_leaves_a_report_without_secrets_and_shows_only_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "hush-hush-secret"
    try:
        raise ValueError(f"could not send {secret}")
    except ValueError as error:
        code = crashed(error, Screen(), folder=tmp_path / "home", clock=Noon(), redactor=Redactor([secret]))
    (report,) = (tmp_path / "home").iterdir()
    said = capsys.readouterr().err
    assert code == 4
    assert "Traceback" in report.read_text(encoding="utf-8")
    assert secret not in report.read_text(encoding="utf-8") + said
    assert "Traceback" not in said
    assert str(report) in said
    assert report.stat().st_mode & 0o077 == 0


def test_with_json_a_bug_is_a_document_too_and_what_was_answered_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "hush-hush-secret"
    redactor = Redactor([secret])
    crashed(ValueError(secret), Screen(), folder=tmp_path, clock=Noon(), redactor=redactor, as_json=True)
    said = capsys.readouterr()
    assert (json.loads(said.out)["error"]["exit_code"], secret in said.out) == (4, False)
    told(Unavailable(f"{secret} is away."), Screen(), redactor=redactor, as_json=True)
    assert secret not in capsys.readouterr().out
    answered = BrakePulled("x")
    answered.answered = True
    told(answered, Screen(), redactor=redactor, as_json=True)
    assert capsys.readouterr().out == ""


def test_a_report_that_cannot_be_written_is_shown_instead(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    crashed(ValueError("broken"), Screen(), folder=blocked, clock=Noon(), redactor=Redactor())
    said = capsys.readouterr().err
    assert "builtins.ValueError" in said
    assert "it follows" in said


def raised(error: Exception, *, cause: BaseException | None = None) -> Exception:
    """The error as it is once it was raised here."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Mrs Larkspur"),
        KeyError("Mrs Larkspur"),
        UnicodeDecodeError("utf-8", b"Mrs Larkspur", 0, 1, "Mrs Larkspur"),
        UnknownRecord("No record is known by 'Mrs Larkspur'."),
        RequestRefused("Mrs Larkspur is not allowed.", code="INVALID_DATA", status=400, details={"is": "Mrs Larkspur"}),
        OSError(28, "No space left on device", "/home/Larkspur"),
    ],
)
def test_no_report_quotes_a_record_wherever_the_error_stands(error: Exception) -> None:
    noted = raised(error)
    noted.add_note("Mrs Larkspur")
    for whole in (
        noted,
        raised(Bug("A promise was broken."), cause=noted),
        raised(ExceptionGroup("several about Mrs Larkspur", [noted])),
    ):
        report = report_of(whole, Redactor())
        assert "Larkspur" not in report
        assert type(error).__name__ in report
        assert "in raised" in report


def test_a_report_tells_what_may_be_told_and_what_led_to_it() -> None:
    first = raised(OSError(28, "No space left on device"))
    second = raised(RequestRefused("Refused.", code="NO_PERMISSION", status=403), cause=first)
    report = report_of(raised(Bug("A row is counted twice."), cause=second), Redactor())
    told_in_order = (
        "builtins.OSError: No space left on device",
        "direct cause",
        "RequestRefused: NO_PERMISSION, HTTP 403",
        "bigin_sync.errors.Bug: A row is counted twice.",
    )
    places = [report.index(each) for each in told_in_order]
    assert places == sorted(places)
    assert report.count("Traceback (most recent call last):") == 3
