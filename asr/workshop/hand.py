"""Hold one child process: start it, hand it batches, let it go."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import cast

from asr.workshop.parcel import Begin, Craft, Done, Failed, Load, Order, Ready
from asr.workshop.stillness import Stillness
from asr.workshop.wire import Complaints, Wire
from domain.errors import EngineError
from domain.language import LanguageTag

_GO_WITHIN_S = 2.0
_GLANCE_S = 0.005
_THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
# For glibc, which otherwise keeps a heap for each thread, and in each what its largest batch needed; elsewhere it means
# nothing. Giving large blocks back at once (MALLOC_MMAP_THRESHOLD_ of 1 MB) costs 8 to 25 % more processor time, for
# every batch has its pages cleared anew: the child gives back what has gathered instead (2026-11-22).
_FRUGAL = {"MALLOC_ARENA_MAX": "1"}


class HandLost(Exception):
    """The child did not answer: ``is_hung`` when in time, else because it ended or gave its machine up."""

    def __init__(self, why: str, *, is_hung: bool = False) -> None:
        super().__init__(why)
        self.is_hung = is_hung


class Hand:
    """One child with a loaded machine, from the parent's side. It takes one batch at a time."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", *, still_s: float, on_gone: Callable[[], None]
    ) -> None:
        """``still_s``: a batch during which it does nothing for so long is given up; 0 for never."""
        self._process = process
        self._still_s = still_s
        self._wire = Wire(on_gone)
        self._complaints = Complaints(process.pid)
        self._at_work = asyncio.Lock()
        self.engine = ""
        self.languages: tuple[LanguageTag, ...] = ()
        self.identifies_language = False
        self.rss_mb: int | None = None
        self.rss_at_start_mb: int | None = None

    @classmethod
    async def hire(
        cls,
        load: Load,
        *,
        threads: int,
        log_level: int,
        within_s: float,
        still_s: float,
        on_gone: Callable[[], None],
    ) -> "Hand":
        """Start a child and let it load its machine with this many threads.

        Raises EngineError that says why it did not start. ``on_gone`` is called when it ends, whoever ended it.
        """
        process, ours = _start(threads)
        hand = cls(process, still_s=still_s, on_gone=on_gone)
        try:
            await hand._open(ours)
            await hand._begin(Begin(load=load, log_level=log_level), within_s)
        except BaseException:
            await hand.end(within_s=0)
            raise
        return hand

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_there(self) -> bool:
        return self._wire.is_open

    async def do(self, craft: Craft, asks: Sequence[object], within_s: float) -> Sequence[object]:
        """The answers in order. Raises HandLost, after which it is of no use, and EngineError for this batch."""
        async with self._at_work:
            try:
                reply = await self._wire.ask(
                    Order(craft=craft, asks=asks),
                    within_s=within_s,
                    glance_s=self._still_s or None,
                    is_still=Stillness(self.pid),
                )
            except TimeoutError:
                raise HandLost(_late(within_s, self._still_s), is_hung=True) from None
            except EOFError:
                raise HandLost(f"it ended ({self._how_it_ended()})") from None
        if isinstance(reply, Done):
            self.rss_mb = reply.rss_mb
            return reply.answers
        failed = cast(Failed, reply)
        if failed.is_lost:
            raise HandLost(failed.message)
        raise EngineError(failed.code, failed.message, retryable=failed.retryable)

    async def leave(self) -> None:
        """Finish the batch at hand, then go."""
        async with self._at_work:
            await self.end()

    async def end(self, within_s: float = _GO_WITHIN_S) -> None:
        """Let it go by itself for so long, then insist."""
        self._wire.close()
        if not await self._has_gone(within_s):
            self.kill()
            await self._has_gone(_GO_WITHIN_S)
        await self._complaints.read_out(_GO_WITHIN_S)

    def kill(self) -> None:
        """At once, whatever it is at; it works on a stopped process too."""
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._wire.close()

    async def _has_gone(self, within_s: float) -> bool:
        """Wait for its end, so that nothing is left of it in the process table."""
        try:
            async with asyncio.timeout(within_s):
                while self._process.poll() is None:  # noqa: ASYNC110 — a process rings no bell here
                    await asyncio.sleep(_GLANCE_S)
        except TimeoutError:
            return self._process.poll() is not None
        return True

    async def _open(self, ours: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: self._wire, sock=ours)
        await loop.connect_read_pipe(lambda: self._complaints, self._process.stdout)

    async def _begin(self, begin: Begin, within_s: float) -> None:
        try:
            reply = await self._wire.ask(begin, within_s=within_s)
        except TimeoutError:
            raise _not_started(f"none within {within_s:.0f} s", retryable=True) from None
        except EOFError:
            await self._has_gone(_GO_WITHIN_S)
            why = f"a process that ended ({self._how_it_ended()}); its log says why"
            raise _not_started(why, retryable=True) from None
        if isinstance(reply, Failed):
            raise EngineError(reply.code, reply.message, retryable=reply.retryable)
        ready = cast(Ready, reply)
        self.engine, self.languages = ready.engine, ready.languages
        self.identifies_language = ready.identifies_language
        self.rss_mb = self.rss_at_start_mb = ready.rss_mb

    def _how_it_ended(self) -> str:
        code = self._process.poll()
        if code is None:
            return "it closed its line"
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _start(threads: int) -> tuple["subprocess.Popen[bytes]", socket.socket]:
    """In a session of its own, so that Ctrl-C reaches the parent alone."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    command = [sys.executable, "-P", "-m", "asr.workshop.workman", str(theirs.fileno())]
    try:
        process = subprocess.Popen(  # noqa: S603 — this very program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(theirs.fileno(),),
            env=_environment(threads),
            start_new_session=True,
        )
    except OSError as failure:
        ours.close()
        raise _not_started(f"no process ({failure.strerror})", retryable=True) from failure
    finally:
        theirs.close()
    return process, ours


def _environment(threads: int) -> dict[str, str]:
    """The child finds the same code, and its libraries the number of their threads before they are loaded.

    What the administrator set for the allocator is left alone.
    """
    path = os.pathsep.join(entry for entry in sys.path if entry)
    limits = dict.fromkeys(_THREAD_LIMITS, str(threads))
    return {**_FRUGAL, **os.environ, **limits, "PYTHONPATH": path}


def _late(within_s: float, still_s: float) -> str:
    stood = f", or nothing done for {still_s:.1f} s" if still_s else ""
    return f"no answer within {within_s:.1f} s{stood}"


def _not_started(why: str, *, retryable: bool) -> EngineError:
    return EngineError(
        "asr.not_started", f"expected a recogniser's process, got {why}", retryable=retryable
    )
