"""Logs: to standard error, clean of secrets, and silent unless asked for."""

import logging
import sys

import structlog

from bigin_sync.redact import Redactor
from bigin_sync.settings import Settings


def quiet_logs(settings: Settings, redactor: Redactor) -> None:
    """Configure every log of this process. A command shows warnings, or all from `log_level` on if it is `debug`."""
    level = logging.DEBUG if settings.log_level == "debug" else logging.WARNING
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redactor,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
