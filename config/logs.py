"""Log lines: one JSON object each, or text for a person at a terminal; nobody's data in either."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from typing import Any

from celery import current_task

from core import request_ids
from core.redaction import redacted

FORMATS = ("json", "text")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
#: What a caller may add to a line by ``extra``; anything else of a record stays out.
EXTRAS = ("method", "route", "status", "duration_ms", "task", "task_id")


class Text(logging.Formatter):
    """``WARNING core.deliveries [request]: what happened``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and a traceback below it."""
        number = request_ids.current()
        about = f" [{number}]" if number else ""
        said = redacted("\n".join([record.getMessage(), *_traceback(self, record)]))
        return f"{record.levelname} {record.name}{about}: {said}"


class Json(logging.Formatter):
    """One object a line: time (UTC), level, logger, event, and what it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": redacted(record.getMessage()),
            "process": os.getpid(),
        }
        if number := request_ids.current():
            said["request_id"] = number
        if current_task:
            said["task"], said["task_id"] = current_task.name, current_task.request.id
        for name in EXTRAS:
            if name in record.__dict__:
                value = record.__dict__[name]
                said[name] = redacted(value) if isinstance(value, str) else value
        if trace := _traceback(self, record):
            said["exception"] = redacted("\n".join(trace))
        return json.dumps(said, ensure_ascii=False, default=repr)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    parts = [formatter.formatException(record.exc_info)] if record.exc_info else []
    return [*parts, formatter.formatStack(record.stack_info)] if record.stack_info else parts


def configuration(kind: str, level: str) -> dict[str, Any]:
    """Return the setting ``LOGGING``: every logger writes through one redacting formatter.

    ``kind`` is ``json`` or ``text``.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {"()": "config.logs.Text"},
            "json": {"()": "config.logs.Json"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": kind}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # It would write every line by itself, with addresses in it.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "portal.requests": {"level": "INFO" if kind == "json" else level},
        },
    }
