"""Write JSON lines, and keep what people said, their numbers and names out of them."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message and the ``extra`` of the call.

    A key with a ``pii`` segment (``pii.text``) is dropped unless ``keep_pii``; exception text counts as personal
    data, because a parser's error likes to quote its input, so only the exception's type is kept.
    """

    def __init__(self, *, keep_pii: bool = False) -> None:
        super().__init__()
        self._keep_pii = keep_pii

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if self._may_be_kept(key)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _innermost(record)
        return json.dumps(line, ensure_ascii=False, default=str)

    def _may_be_kept(self, key: str) -> bool:
        if key in STANDARD:
            return False
        return self._keep_pii or "pii" not in key.split(".")


def _innermost(record: logging.LogRecord) -> str | None:
    """File and line where the exception was raised."""
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else None


def set_up_logs(level: str, *, keep_pii: bool = False, to: TextIO | None = None) -> None:
    """Replace the root logger's handlers by one that writes JSON lines (standard error by default)."""
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(JsonLines(keep_pii=keep_pii))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in (
        "jieba",
        "httpx",
        "websockets",
        "faiss",
        "sentence_transformers",
        "dbos",
        "alembic",
        "aioice",  # writes the addresses of people
        "aiortc",
    ):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("phonemizer").setLevel(
        logging.ERROR
    )  # warns of every sentence in which words are linked
