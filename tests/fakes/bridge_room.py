"""Put people at a bridge in virtual time: each speaks at his own clock, and what each hears is kept."""

import heapq
from dataclasses import dataclass, field
from random import Random

import numpy as np
from numpy.typing import NDArray

from domain.audio import Leg
from media_gateway.bridge import Bridge
from media_gateway.bridge_port import Mode
from media_gateway.metronome import BEAT_NS
from media_gateway.mouthpiece import Idle, Mouthpiece
from tests.fakes.metronome import HandMetronome


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody on the telephone; ``says`` is repeated for ever."""

    leg: Leg
    says: bytes
    rate_hz: int
    block_ms: int
    phase_ns: int
    ppm: float
    jitter_ns: int
    blocks: int = 0
    last_ns: int = 0
    mouthpiece: Mouthpiece = field(init=False)
    heard: list[bytes] = field(default_factory=list)

    def next_block(self) -> bytes:
        samples = self.rate_hz * self.block_ms // 1000
        start = self.blocks * samples * 2 % len(self.says)
        self.blocks += 1
        return (self.says[start:] + self.says * (samples * 2 // len(self.says) + 1))[: samples * 2]

    def next_ns(self, dice: Random) -> int:
        due = self.phase_ns + self.blocks * self.block_ms * 1_000_000 * (1 - self.ppm * 1e-6)
        late = dice.randrange(self.jitter_ns) if self.jitter_ns else 0
        self.last_ns = max(self.last_ns, round(due) + late)
        return self.last_ns

    @property
    def ear(self) -> NDArray[np.int16]:
        """Everything heard so far."""
        return np.frombuffer(b"".join(self.heard), dtype="<i2")


class BridgeRoom:
    """A bridge and its people."""

    def __init__(self, *, seed: int = 1) -> None:
        self.now_ns = 0
        self.metronome = HandMetronome(now_ns=lambda: self.now_ns)
        self.bridge = Bridge(metronome=self.metronome)
        self.people: dict[Leg, Person] = {}
        self._dice = Random(seed)  # noqa: S311 - jitter, no secret
        self._agenda: list[tuple[int, str, Person]] = []

    def enter(
        self,
        leg: Leg,
        says: bytes = b"",
        *,
        rate_hz: int = 8_000,
        mode: Mode = Mode.TALK,
        block_ms: int = 20,
        phase_ms: float = 10,
        ppm: float = 0,
        jitter_ms: float = 0,
    ) -> Person:
        """``says`` nothing: no sound comes at all. ``phase_ms`` after the beat his blocks arrive."""
        person = Person(
            leg=leg,
            says=says,
            rate_hz=rate_hz,
            block_ms=block_ms,
            phase_ns=self.now_ns + round(phase_ms * 1e6),
            ppm=ppm,
            jitter_ns=round(jitter_ms * 1e6),
        )
        person.mouthpiece = Mouthpiece(
            metronome=self.metronome,
            sample_rate_hz=rate_hz,
            send=person.heard.append,
            when_idle=Idle.SILENCE,
        )
        self.people[leg] = person
        self.bridge.add(leg, mouthpiece=person.mouthpiece, sample_rate_hz=rate_hz, mode=mode)
        if says:
            heapq.heappush(self._agenda, (person.next_ns(self._dice), leg, person))
        return person

    def leave(self, leg: Leg) -> None:
        """He hangs up: nothing more comes from him."""
        self.bridge.remove(leg)
        gone = self.people.pop(leg)
        self._agenda = [entry for entry in self._agenda if entry[2] is not gone]
        heapq.heapify(self._agenda)

    def fall_silent(self, leg: Leg) -> None:
        """His packets stop, but he stays."""
        self._agenda = [entry for entry in self._agenda if entry[2].leg is not leg]
        heapq.heapify(self._agenda)

    def beat(self, times: int = 1) -> None:
        for _ in range(times):
            due_ns = (self.now_ns // BEAT_NS + 1) * BEAT_NS
            while self._agenda and self._agenda[0][0] <= due_ns:
                self.now_ns, leg, person = heapq.heappop(self._agenda)
                self.bridge.hear(person.leg, person.next_block())
                heapq.heappush(self._agenda, (person.next_ns(self._dice), leg, person))
            self.now_ns = due_ns
            self.metronome.beat()
