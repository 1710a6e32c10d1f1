"""Let the legs of one conversation hear each other."""

from collections.abc import Callable

from domain.audio import SAMPLE_BYTES, Leg, Speech
from domain.errors import InputError, NotFound, Refused
from media_gateway.bridge_counters import BridgeCounters
from media_gateway.bridge_port import BridgePort, Mode
from media_gateway.hold_music import HoldMusic
from media_gateway.metronome import BEATS_PER_S, Metronome
from media_gateway.mix_plan import MixPlan
from media_gateway.mixing import crossfaded
from media_gateway.mouthpiece import Mouthpiece

MOST_LEGS = 8


class Bridge:
    """Up to eight legs; each hears the sum of the others, 20 ms at a time.

    It has no task of its own: the first mouthpiece that asks at a beat has everybody's frame mixed. Whatever
    changes (a leg joins, leaves, is held, a mode) takes one beat in which the old and the new mix cross-fade, so
    nothing clicks. Use it on the thread of the event loop.
    """

    def __init__(self, *, metronome: Metronome, counters: BridgeCounters | None = None) -> None:
        self.counters = counters if counters is not None else BridgeCounters()
        self._metronome = metronome
        self._ports: dict[Leg, BridgePort] = {}
        self._plan = MixPlan(())
        self._has_changed = False
        self._mixed_at = -1
        self._frames: dict[BridgePort, bytes | None] = {}

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(self._ports)

    def add(
        self,
        leg: Leg,
        *,
        mouthpiece: Mouthpiece,
        sample_rate_hz: int,
        mode: Mode = Mode.TALK,
    ) -> None:
        """Join; a leg that is here already is replaced by its new line. ``hear`` brings sound at that rate.

        Raises Refused when the bridge is full, InputError on a rate that 20 ms do not fit.
        """
        if len(self._ports) >= MOST_LEGS and leg not in self._ports:
            raise Refused(
                "media_gateway.bridge_full", f"a conversation has {MOST_LEGS} legs at most"
            )
        if sample_rate_hz <= 0 or sample_rate_hz % BEATS_PER_S:
            raise InputError(
                "media_gateway.rate",
                f"expected a sample rate that 50 divides, got {sample_rate_hz} Hz; resample first",
            )
        port = BridgePort(
            leg,
            mouthpiece=mouthpiece,
            sample_rate_hz=sample_rate_hz,
            mode=mode,
            counters=self.counters,
        )
        self._ports[leg] = port
        self._has_changed = True
        mouthpiece.hear_others(self._ear(port))

    def remove(self, leg: Leg) -> None:
        """Leave. Fine when it is not here. Its mouthpiece is unplugged after a last, fading frame."""
        if self._ports.pop(leg, None) is not None:
            self._has_changed = True

    def hear(self, leg: Leg, pcm: bytes) -> None:
        """Take what a leg said: PCM16 at its rate, any length. A leg that is not here is not heard.

        Raises InputError on half a sample.
        """
        port = self._ports.get(leg)
        if len(pcm) % SAMPLE_BYTES:
            raise InputError(
                "media_gateway.odd_bytes", f"expected whole 16-bit samples, got {len(pcm)} bytes"
            )
        if port is not None and pcm:
            port.ring.put(pcm, self._metronome.now_ns())

    def hold(self, leg: Leg, music: Speech | None = None) -> None:
        """It is not heard, and hears the music round and round, or its own silence.

        Raises NotFound when the leg is not here, InputError on music that cannot be played.
        """
        port = self._port(leg)
        port.music = HoldMusic(music, port.ear_rate_hz) if music is not None else None
        port.is_held = True
        self._has_changed = True

    def resume(self, leg: Leg) -> None:
        """Raises NotFound."""
        port = self._port(leg)
        port.is_held = False
        self._has_changed = True

    def set_mode(self, leg: Leg, mode: Mode) -> None:
        """Raises NotFound."""
        self._port(leg).mode = mode
        self._has_changed = True

    def depth_ms(self, leg: Leg) -> float:
        """How much of a leg's sound waits for its beat. Raises NotFound."""
        return self._port(leg).ring.depth_ms

    def _port(self, leg: Leg) -> BridgePort:
        port = self._ports.get(leg)
        if port is None:
            raise NotFound("media_gateway.leg", f"the conversation has no {leg} leg")
        return port

    def _ear(self, port: BridgePort) -> Callable[[], bytes | None]:
        def frame() -> bytes | None:
            if self._mixed_at != self._metronome.position:
                self._mix()
            if self._ports.get(port.leg) is not port and not self._has_changed:
                port.mouthpiece.hear_others(None)
            return self._frames.get(port)

        return frame

    def _mix(self) -> None:
        position = self._mixed_at = self._metronome.position
        if self._has_changed:
            self._change_over(position)
            return
        now_ns = self._metronome.now_ns()
        brought = {port: port.ring.take(now_ns) for port in self._plan.ports}
        self._frames = self._plan.mix(brought, position)

    def _change_over(self, position: int) -> None:
        old, new = self._plan, MixPlan(tuple(self._ports.values()))
        now_ns = self._metronome.now_ns()
        ports = dict.fromkeys((*old.ports, *new.ports))
        brought = {port: port.ring.take(now_ns) for port in ports}
        before, after = old.mix(brought, position), new.mix(brought, position)
        self._frames = {port: crossfaded(before.get(port), after.get(port)) for port in ports}
        self._plan = new
        self._has_changed = False
