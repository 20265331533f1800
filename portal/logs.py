"""The portal's log: one JSON object a line, with the id of the request that it is about.

What is logged are names, numbers and reasons. What students type or receive, passwords and cookies never are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import structlog
from structlog.typing import Processor

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def to_files(path: Path) -> dict[str, Any]:
    """Django's LOGGING setting: everything from INFO up to the file at `path`, warnings to standard error as well.
    Makes structlog's own loggers go the same way."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {
            # Several processes append to it; each line is one write.
            "file": {
                "class": "logging.handlers.WatchedFileHandler",
                "filename": str(path),
                "formatter": "json",
                "delay": True,
            },
            "stderr": {"class": "logging.StreamHandler", "level": "WARNING", "formatter": "json"},
        },
        "root": {"level": "INFO", "handlers": ["file", "stderr"]},
        # Django's own handlers are not wanted beside these.
        "loggers": {"django": {"level": "INFO", "handlers": [], "propagate": True}},
    }
