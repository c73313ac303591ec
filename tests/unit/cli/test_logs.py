import json
import logging
import re
import sys
from collections.abc import Iterator

import pytest
import structlog

from bigin_sync.cli.logs import LIBRARIES, daemon_logs, quiet_logs, story_logs
from bigin_sync.redact import Redactor
from bigin_sync.settings import Settings
from bigin_sync.zoho.http import TRYING_AGAIN

SECRET = "1000.aaaa.bbbb"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """What is configured here stays here."""
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.configure(**config)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_beside_a_terminal_every_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    daemon_logs(Settings(), Redactor())
    structlog.get_logger("test").info("run ended", run=7, counts={"contact": {"linked": 2}})
    (line,) = lines(capsys)
    assert (line["event"], line["run"], line["level"]) == ("run ended", 7, "info")
    assert line["counts"] == {"contact": {"linked": 2}}


@pytest.mark.parametrize("library", ["alembic.runtime", "httpx", "some.other"])
def test_what_libraries_log_takes_the_same_way_and_loses_its_secrets(
    library: str, capsys: pytest.CaptureFixture[str]
) -> None:
    daemon_logs(Settings(), Redactor(["open sesame"]))
    logging.getLogger(library).warning("it said %s and open sesame", SECRET)
    (line,) = lines(capsys)
    assert line["event"] == "it said *** and ***"


def test_what_a_library_tells_of_its_urls_is_left_to_debug(capsys: pytest.CaptureFixture[str]) -> None:
    daemon_logs(Settings(), Redactor())
    logging.getLogger("httpx").info("HTTP Request: GET /Contacts/search?email=ana@example.org")
    assert lines(capsys) == []
    daemon_logs(Settings(log_level="debug"), Redactor())
    logging.getLogger("httpx").info("HTTP Request: GET /Contacts")
    assert len(lines(capsys)) == 1


def test_a_traceback_is_one_line_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    daemon_logs(Settings(), Redactor())
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("some.package").exception("it broke")
    (line,) = lines(capsys)
    assert "ValueError: ***" in str(line["exception"])


def test_on_a_terminal_a_daemon_tells_people_and_neither_secret_nor_decoration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    daemon_logs(Settings(), Redactor(["open sesame"]))
    structlog.get_logger("test").info("run ended", run=7, why="open sesame")
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("some.package").exception("it broke")
    first, second, *rest = COLOURS.sub("", capsys.readouterr().err).splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\S+Z \[info +\] run ended +run=7 why=\*\*\*", first)
    assert "it broke" in second
    assert rest[0] == "Traceback (most recent call last):"
    assert rest[-1] == "ValueError: ***"


def test_the_level_is_the_one_that_was_set(capsys: pytest.CaptureFixture[str]) -> None:
    daemon_logs(Settings(log_level="error"), Redactor())
    structlog.get_logger("test").warning("not so bad")
    assert lines(capsys) == []


def wait(**told: object) -> None:
    told = {"side": "crm", "after": "zoho.example cannot be reached.", "attempt": 2, "waited": 0.7, **told}
    structlog.get_logger("test").info(TRYING_AGAIN, **told)


def test_who_sits_at_a_terminal_is_told_in_a_sentence_that_an_org_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    quiet_logs(Settings(), Redactor(["open sesame"]))
    wait(seconds=3.6)
    wait(seconds=0.2, waited=20.0, after="open sesame was refused.")
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "crm: zoho.example cannot be reached. Trying again in 4 s."
    assert told[1] == "crm: *** was refused. Trying again in 1 s."


def test_a_pause_that_nobody_notices_is_not_worth_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    quiet_logs(Settings(), Redactor())
    wait(seconds=0.2)
    structlog.get_logger("test").info("run ended", run=7)
    assert capsys.readouterr().err == ""


def test_a_command_in_a_pipe_logs_warnings_alone(capsys: pytest.CaptureFixture[str]) -> None:
    quiet_logs(Settings(), Redactor())
    wait(seconds=30)
    structlog.get_logger("test").warning("odd", run=7)
    (line,) = capsys.readouterr().err.splitlines()
    assert "event='odd'" in line


def test_a_story_in_which_something_goes_wrong_says_so_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for settings, heard in ((Settings(), False), (Settings(log_level="debug"), True)):
        quiet_logs(settings, Redactor())
        story_logs(settings)
        structlog.get_logger("test").warning("run ended early", run=7)
        assert ("run ended early" in capsys.readouterr().err) is heard
