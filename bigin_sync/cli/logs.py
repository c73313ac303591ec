"""Logs: to standard error, clean of secrets, silent for a command and telling for a daemon.

From `info` on they hold ids and counts, never a value of a record: neither ours nor those of the libraries.
"""

import logging
import sys
from collections.abc import Sequence

import structlog
from structlog.typing import Processor

from bigin_sync.redact import Redactor
from bigin_sync.settings import Settings

LIBRARIES = ("alembic", "httpx", "httpcore", "uvicorn", "asyncio", "sqlalchemy")
"""Loggers that quote what they handle (httpx tells every URL, with its query, at info)."""


def quiet_logs(settings: Settings, redactor: Redactor) -> None:
    """The logs of a command, which speaks for itself: warnings, or everything if `log_level` is `debug`."""
    level = logging.DEBUG if settings.log_level == "debug" else logging.WARNING
    structlog.configure(
        processors=[
            *_shared(redactor),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


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
