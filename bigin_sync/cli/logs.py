"""Logs: to standard error, clean of secrets, silent for a command and telling for a daemon.

From `info` on they hold ids and counts, never a value of a record: neither ours nor those of the libraries.
"""

import logging
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import EventDict, Processor

from bigin_sync.redact import Redactor
from bigin_sync.settings import Settings
from bigin_sync.zoho.http import TRYING_AGAIN

LIBRARIES = ("alembic", "httpx", "httpcore", "uvicorn", "asyncio", "sqlalchemy")
"""Loggers that quote what they handle (httpx tells every URL, with its query, at info)."""


_PAIRS = structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])

WORTH_A_WORD = 1.0
"""Seconds from which on a person notices that an org does not answer."""


def quiet_logs(settings: Settings, redactor: Redactor) -> None:
    """The logs of a command, which speaks for itself: warnings, or everything if `log_level` is `debug`.

    Who sits at a terminal is also told, in a sentence, that an org does not answer and when it is tried again.
    """
    rendering: list[Processor] = [*_shared(redactor), _PAIRS]
    level = logging.DEBUG
    if settings.log_level != "debug":
        level = logging.INFO if sys.stderr.isatty() else logging.WARNING
        rendering = [_wait_or_warning, *_shared(redactor), _sentence_or_pairs]
    structlog.configure(
        processors=rendering,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked for each line: progress bars stand in for it while they are shown.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def story_logs(settings: Settings) -> None:
    """The logs of a command that plays stories: what goes wrong in one, it tells itself. After `quiet_logs`."""
    if settings.log_level != "debug":
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _wait_or_warning(_logger: object, method: str, event: EventDict) -> EventDict:
    """Drop whatever is neither a warning nor a wait that a person notices."""
    if method == "info" and (event["event"] != TRYING_AGAIN or event["waited"] + event["seconds"] < WORTH_A_WORD):
        raise structlog.DropEvent
    return event


def _sentence_or_pairs(logger: object, method: str, event: EventDict) -> str:
    if event["event"] != TRYING_AGAIN:
        return _PAIRS(logger, method, event)
    return f"{event['side']}: {event['after']} Trying again in {max(1, round(event['seconds']))} s."


def daemon_logs(settings: Settings, redactor: Redactor) -> None:
    """The logs of a process that runs for long: for people on a terminal, a JSON object a line anywhere else.

    What libraries log takes the same way out, through the redactor; below `debug` only their warnings.
    """
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared = _shared(redactor)
    structlog.reset_defaults()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(sys.stderr.isatty())],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG if level == logging.DEBUG else logging.WARNING)


def _shared(redactor: Redactor) -> Sequence[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redactor,
    ]


def _renderer(terminal: bool) -> Processor:  # noqa: FBT001 -- the one question there is
    if terminal:
        # The redactor has made a text of any traceback, which the renderer may not decorate.
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)
