"""Decide who hears whom at one time, and mix accordingly."""

from collections.abc import Mapping, Sequence

from media_gateway import mixing
from media_gateway.bridge_port import BridgePort
from media_gateway.resampling import Resampler

Frames = Mapping[BridgePort, bytes | None]


class _RateChange:
    """Bring one port's frames to another rate; when they stop, the filter's tail still comes."""

    __slots__ = ("_has_tail", "_resampler", "_silence")

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._resampler = Resampler(from_hz, to_hz)
        self._silence = bytes(from_hz // 50 * 2)
        self._has_tail = False

    def change(self, frame: bytes | None) -> bytes | None:
        if frame is None and not self._has_tail:
            return None
        self._has_tail = frame is not None
        return self._resampler.resample(frame if frame is not None else self._silence)


def _rate_change(from_hz: int, to_hz: int) -> _RateChange | None:
    return _RateChange(from_hz, to_hz) if from_hz != to_hz else None


class MixPlan:
    """The state of a bridge between two changes; it never changes who hears whom.

    It mixes at the highest rate that somebody both speaks and hears, so a bridge whose legs agree resamples nothing,
    and a leg that hears one other gets that one's frame as it came.
    """

    def __init__(self, ports: Sequence[BridgePort]) -> None:
        self.ports = tuple(ports)
        self._voices = {
            port: tuple(other for other in self.ports if other.is_heard_by(port))
            for port in self.ports
        }
        heard = {port for voices in self._voices.values() for port in voices}
        self._hears_all_others = {
            port: len(voices) == len(heard - {port}) for port, voices in self._voices.items()
        }
        self._music = {
            port: port.music for port in self.ports if port.is_held and port.music is not None
        }
        rate_hz = self._rate_hz()
        self._to_mix = {port: _rate_change(port.mouth_rate_hz, rate_hz) for port in heard}
        self._to_ear = {port: _rate_change(rate_hz, port.ear_rate_hz) for port in self.ports}

    def mix(self, brought: Frames, position: int) -> dict[BridgePort, bytes | None]:
        """What each port hears at the beat of that number."""
        frames: dict[BridgePort, bytes] = {}
        for port, change in self._to_mix.items():
            frame = brought[port]
            if change is not None:
                frame = change.change(frame)
            if frame is not None:
                frames[port] = frame
        everybody = mixing.total(frames.values()) if len(frames) > 2 else None
        return {
            port: music.frame(position)
            if (music := self._music.get(port))
            else self._heard(port, frames, everybody)
            for port in self.ports
        }

    def _heard(
        self, port: BridgePort, frames: dict[BridgePort, bytes], everybody: mixing.Wide | None
    ) -> bytes | None:
        if everybody is not None and self._hears_all_others[port]:
            own = frames.get(port)
            rest = everybody if own is None else mixing.without(everybody, own)
            mixed: bytes | None = mixing.saturated(rest)
        else:
            mixed = _sum([frames[voice] for voice in self._voices[port] if voice in frames])
        change = self._to_ear[port]
        return mixed if change is None else change.change(mixed)

    def _rate_hz(self) -> int:
        mouths = max((port.mouth_rate_hz for port in self.ports), default=8_000)
        ears = max((port.ear_rate_hz for port in self.ports), default=8_000)
        return min(mouths, ears)


def _sum(frames: list[bytes]) -> bytes | None:
    if len(frames) < 2:
        return frames[0] if frames else None
    return mixing.saturated(mixing.total(frames))
