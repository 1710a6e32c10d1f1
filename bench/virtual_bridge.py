"""Run a bridge in virtual time: an hour in seconds, each leg with its own clock."""

from domain.audio import SAMPLE_BYTES, Leg
from media_gateway.bridge import Bridge
from media_gateway.metronome import BEAT_NS, BEATS_PER_S, Metronome
from media_gateway.mouthpiece import Mouthpiece


class TimeIsUp(Exception):
    """The virtual time is over."""


class VirtualLeg:
    """Somebody who sends 20 ms of sound whenever 20 ms have passed by his own clock."""

    def __init__(self, leg: Leg, sound: bytes, *, rate_hz: int, ppm: float, phase_ns: int) -> None:
        self.leg = leg
        self.rate_hz = rate_hz
        self.frames_heard = 0
        self._block_bytes = rate_hz // BEATS_PER_S * SAMPLE_BYTES
        self._sound = sound
        self._period_ns = BEAT_NS * (1 - ppm * 1e-6)
        self._phase_ns = phase_ns
        self.blocks = 0

    @property
    def due_ns(self) -> float:
        return self._phase_ns + self.blocks * self._period_ns

    def block(self) -> bytes:
        at = self.blocks * self._block_bytes % len(self._sound)
        self.blocks += 1
        return self._sound[at : at + self._block_bytes]

    def take(self, frame: bytes) -> None:
        self.frames_heard += 1


class VirtualBridge:
    """A bridge, its metronome and its legs; ``run`` lets a number of seconds pass."""

    def __init__(self, legs: list[VirtualLeg]) -> None:
        self.legs = legs
        self.worst_wait_ms = 0.0
        self._now_ns = 0
        self._until_ns = 0
        self.metronome = Metronome(now_ns=lambda: self._now_ns, sleep=self._sleep)
        self.bridge = Bridge(metronome=self.metronome)
        for leg in legs:
            mouthpiece = Mouthpiece(
                metronome=self.metronome, sample_rate_hz=leg.rate_hz, send=leg.take
            )
            self.bridge.add(leg.leg, mouthpiece=mouthpiece, sample_rate_hz=leg.rate_hz)

    async def run(self, seconds: int) -> None:
        self._until_ns = self._now_ns + seconds * 1_000_000_000
        try:
            await self.metronome.run()
        except TimeIsUp:
            return

    def note_waits(self) -> None:
        """Remember the longest that a sample waits, as the ring stands now."""
        for leg in self.legs:
            since_block_ms = (self._now_ns - leg.due_ns + BEAT_NS) / 1e6
            wait_ms = self.bridge.depth_ms(leg.leg) + since_block_ms
            self.worst_wait_ms = max(self.worst_wait_ms, wait_ms)

    async def _sleep(self, seconds: float) -> None:
        wake_ns = self._now_ns + round(seconds * 1e9)
        if wake_ns > self._until_ns:
            raise TimeIsUp
        for leg in self.legs:
            while leg.due_ns <= wake_ns:
                self._now_ns = int(leg.due_ns)
                self.bridge.hear(leg.leg, leg.block())
        self._now_ns = wake_ns
