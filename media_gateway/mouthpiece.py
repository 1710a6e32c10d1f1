"""Say what one line has to hear, 20 ms at a time: prompts over the bridge."""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import StrEnum

import numpy as np

from domain.audio import SAMPLE_BYTES
from domain.errors import InputError, Refused
from media_gateway.metronome import BEATS_PER_S, Metronome

MOST_WAITING = 64  # pieces of speech; a bot says a sentence a piece
BEHIND_PROMPT = 0.25  # -12 dB: the others stay audible, the prompt stays clear

Source = Callable[[], bytes | None]


class Idle(StrEnum):
    """What a line hears when there is nothing to hear."""

    NOTHING = "nothing"  # no frame is sent
    SILENCE = "silence"  # zeros, which keep an RTP path open


class _Prompt:
    """One piece of speech on its way out; ``sent`` resolves when its last sample went or nobody wants it."""

    __slots__ = ("at_byte", "pcm", "sent")

    def __init__(self, pcm: bytes) -> None:
        self.pcm = pcm
        self.at_byte = 0
        self.sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(self, most_bytes: int) -> bytes:
        piece = self.pcm[self.at_byte : self.at_byte + most_bytes]
        self.at_byte += len(piece)
        return piece

    def let_go(self) -> None:
        if not self.sent.done():
            self.sent.set_result(None)


class Mouthpiece:
    """The outgoing sound of one line: frames of 20 ms, PCM16 LE mono at ``sample_rate_hz``.

    A prompt is mixed over the bridge, which is 12 dB lower meanwhile: a caller does not lose what the agent says
    under an announcement. Pieces played while another plays follow it without a gap; only a frame that nothing
    follows is filled up with zeros. Use it on the thread of the event loop; ``send`` must not block or raise.
    """

    def __init__(
        self,
        *,
        metronome: Metronome,
        sample_rate_hz: int,
        send: Callable[[bytes], None],
        when_idle: Idle = Idle.NOTHING,
    ) -> None:
        """Raises InputError when 20 ms are not a whole number of samples."""
        if sample_rate_hz <= 0 or sample_rate_hz % BEATS_PER_S:
            raise InputError(
                "media_gateway.rate",
                f"expected a sample rate that 50 divides, got {sample_rate_hz} Hz; resample first",
            )
        self.sample_rate_hz = sample_rate_hz
        self.frame_bytes = sample_rate_hz // BEATS_PER_S * SAMPLE_BYTES
        self._metronome = metronome
        self._send = send
        self._silence = bytes(self.frame_bytes) if when_idle is Idle.SILENCE else None
        self._prompts: deque[_Prompt] = deque(maxlen=MOST_WAITING)
        self._others: Source | None = None
        self._is_closed = False
        self._keep_time()

    @property
    def is_speaking(self) -> bool:
        """Whether a prompt is being said or waits."""
        return bool(self._prompts)

    async def play(self, pcm: bytes) -> None:
        """Returns when the last frame was sent, or when stopped or closed; cancelling takes back the rest.

        Raises InputError on half a sample, Refused when too many pieces wait.
        """
        if len(pcm) % SAMPLE_BYTES:
            raise InputError(
                "media_gateway.odd_bytes", f"expected whole 16-bit samples, got {len(pcm)} bytes"
            )
        if self._is_closed or not pcm:
            return
        prompt = self._queue(pcm)
        try:
            await prompt.sent
        finally:
            if prompt in self._prompts:
                self._prompts.remove(prompt)

    def stop(self) -> None:
        """Barge-in: from the next beat on there is no prompt, neither this nor those that waited."""
        while self._prompts:
            self._prompts.popleft().let_go()

    def hear_others(self, source: Source | None) -> None:
        """The bridge plugs itself in: asked once a beat, it gives one frame, or None when nobody is there."""
        self._others = source
        self._keep_time()

    def close(self) -> None:
        """Say nothing more; whoever waits for a prompt goes on. Twice is fine."""
        self._is_closed = True
        self._others = None
        self.stop()
        self._metronome.leave(self._beat)

    def _queue(self, pcm: bytes) -> _Prompt:
        if len(self._prompts) == MOST_WAITING:
            raise Refused(
                "media_gateway.too_much_to_say",
                f"{MOST_WAITING} pieces of speech wait already; wait for one to be played",
            )
        prompt = _Prompt(pcm)
        self._prompts.append(prompt)
        self._keep_time()
        return prompt

    def _keep_time(self) -> None:
        """A line with nothing to send costs nothing: it is not at the metronome."""
        if self._is_closed:
            return
        if self._prompts or self._others is not None or self._silence is not None:
            self._metronome.join(self._beat)
        else:
            self._metronome.leave(self._beat)

    def _beat(self) -> None:
        others = self._others() if self._others is not None else None
        said: list[_Prompt] = []
        frame = others
        if self._prompts:
            prompt = self._prompt_frame(said)
            frame = prompt if others is None else _over(prompt, others)
        if frame is None:
            frame = self._silence
        try:
            if frame is not None:
                self._send(frame)
            else:
                self._keep_time()
        finally:
            for prompt_said in said:
                prompt_said.let_go()

    def _prompt_frame(self, said: list[_Prompt]) -> bytes:
        """One frame of the prompts; those that end in it are added to ``said``."""
        frame = b""
        while self._prompts and len(frame) < self.frame_bytes:
            prompt = self._prompts[0]
            frame += prompt.take(self.frame_bytes - len(frame))
            if prompt.at_byte == len(prompt.pcm):
                said.append(self._prompts.popleft())
        return frame.ljust(self.frame_bytes, b"\0")


def _over(prompt: bytes, others: bytes) -> bytes:
    lowered = np.frombuffer(others, dtype="<i2") * BEHIND_PROMPT
    mixed = np.frombuffer(prompt, dtype="<i2") + lowered
    return np.clip(mixed, -32768, 32767).astype("<i2").tobytes()
