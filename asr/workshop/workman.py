"""Be the child process: load one machine and read what the parent hands in, until the parent goes."""

import ctypes
import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

from asr.desk.reading import ReadAsk, SketchAsk, UtteranceReader
from asr.ear.tape import Waveform
from asr.workshop.memory import Thrift, rss_mb
from asr.workshop.parcel import (
    Begin,
    Craft,
    Done,
    Failed,
    LogLine,
    Message,
    Order,
    Ready,
    Reply,
    Unwrapper,
    wrap,
)
from domain.errors import EngineError

log = logging.getLogger("asr.workshop.workman")  # __name__ is "__main__" here

_CHUNK_BYTES = 1 << 20
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_SACRIFICE = (
    "500"  # of 1000: memory short, the kernel takes this process and not the one with the calls
)
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class Thread:
    """What ties the child to its parent; log lines of other threads may go out between answers."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        with self._lock:
            for piece in wrap(message):
                self._line.sendall(piece)

    def heard(self) -> Iterator[Message]:
        """Everything the parent says, until it is gone."""
        unwrapper = Unwrapper()
        while data := self._line.recv(_CHUNK_BYTES):
            yield from unwrapper.feed(data)


class Courier(logging.Handler):
    """Bring log lines to the parent; of an exception only its type and place, because its text may quote a caller."""

    def __init__(self, thread: Thread) -> None:
        super().__init__()
        self._thread = thread

    def emit(self, record: logging.LogRecord) -> None:
        given = {key: value for key, value in vars(record).items() if key not in _OF_EVERY_RECORD}
        extra = {key: value if _is_plain(value) else str(value) for key, value in given.items()}
        if record.exc_info and record.exc_info[0] is not None:
            extra["error"] = record.exc_info[0].__name__
            extra["at"] = _innermost(record)
        with suppress(OSError):  # the parent has gone, and so shall we
            self._thread.send(
                LogLine(
                    logger=record.name,
                    level=record.levelno,
                    message=record.getMessage(),
                    extra=extra,
                )
            )


def main(descriptor: int) -> None:
    """Work at this socket until the parent closes it. Ends the process."""
    obey_only_the_parent()
    faulthandler.enable()
    with socket.socket(fileno=descriptor) as line, suppress(OSError):
        work(Thread(line))
    os._exit(0)  # threads of a machine that hangs are not waited for; there is nothing to save


def work(thread: Thread) -> None:
    """Load what the parent names, then answer each batch."""
    reader: UtteranceReader | None = None
    thrift = Thrift()
    for message in thread.heard():
        if isinstance(message, Begin):
            _send_log_lines(thread, message.log_level)
            reader = _loaded(message, thread, thrift)
        elif isinstance(message, Order) and reader is not None:
            thread.send(_answered(reader, message))
            thrift.after_batch()


def obey_only_the_parent() -> None:
    """Let neither the terminal nor a service manager end us: the parent first finishes its calls.

    On Linux the kernel kills us when the parent dies, even while a machine hangs; elsewhere its closed socket
    ends us after the batch.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_SACRIFICE, encoding="ascii")


def _send_log_lines(thread: Thread, level: int) -> None:
    root = logging.getLogger()
    root.handlers[:] = [Courier(thread)]
    root.setLevel(level)


def _loaded(begin: Begin, thread: Thread, thrift: Thrift) -> UtteranceReader | None:
    try:
        reader = begin.load()
    except EngineError as failure:
        thread.send(_told(failure, is_lost=True))
        return None
    except Exception as bug:
        log.exception("a machine could not be loaded")
        message = f"the machine could not be loaded: {type(bug).__name__}; its log says where"
        thread.send(Failed(code="asr.load_failed", message=message, retryable=False, is_lost=True))
        return None
    thrift.give_back()
    thread.send(
        Ready(
            engine=reader.engine,
            languages=reader.languages,
            identifies_language=reader.identifies_language,
            rss_mb=rss_mb(),
        )
    )
    return reader


def _answered(reader: UtteranceReader, order: Order) -> Reply:
    try:
        answers = _done(reader, order)
    except EngineError as failure:
        return _told(failure, is_lost=True)
    except Exception as bug:
        log.exception("a machine failed on a batch")
        message = f"the machine failed with {type(bug).__name__}"
        return Failed(code="asr.machine_failed", message=message, retryable=True, is_lost=False)
    return Done(answers=answers, rss_mb=rss_mb())


def _done(reader: UtteranceReader, order: Order) -> list[object]:
    match order.craft:
        case Craft.ODDS:
            return [dict(odds) for odds in reader.odds(cast("list[Waveform]", order.asks))]
        case Craft.SKETCH:
            return [*reader.sketch(cast("list[SketchAsk]", order.asks))]
        case Craft.READ:
            return [*reader.read(cast("list[ReadAsk]", order.asks))]


def _told(failure: EngineError, *, is_lost: bool) -> Failed:
    return Failed(
        code=failure.code,
        message=failure.message,
        retryable=failure.retryable,
        is_lost=is_lost,
    )


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _innermost(record: logging.LogRecord) -> str | None:
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else None


if __name__ == "__main__":
    main(int(sys.argv[1]))
