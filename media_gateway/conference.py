"""Let the lines of one conversation hear each other, as far as their wires can carry sound back."""

from domain.audio import Leg, Speech
from domain.errors import InputError, Refused
from media_gateway.bridge import Bridge
from media_gateway.bridge_port import Mode
from media_gateway.line import Line
from media_gateway.metronome import Metronome

MODES = {"listen": Mode.LISTEN, "whisper": Mode.WHISPER, "barge": Mode.BARGE}


class Conference:
    """Who hears whom. There is no bridge, and no cost, while only one line could hear another."""

    def __init__(self, metronome: Metronome) -> None:
        self._metronome = metronome
        self._lines: list[Line] = []
        self._bridge: Bridge | None = None

    def enter(self, line: Line) -> None:
        """Add a line; one whose wire cannot carry sound back is only listened to."""
        if line.far_side.mouthpiece is None:
            return
        self._lines.append(line)
        if self._bridge is not None:
            self._connect(line, self._bridge)
        elif len(self._lines) == 2:
            self._bridge = Bridge(metronome=self._metronome)
            for each in self._lines:
                self._connect(each, self._bridge)

    def leave(self, line: Line) -> None:
        if line not in self._lines:
            return
        self._lines.remove(line)
        if self._bridge is not None:
            line.let_overhear(None)
            self._bridge.remove(line.legs[0])

    def hold(self, leg: Leg, music: Speech | None = None) -> None:
        """We put a leg on hold: it hears music or silence, and nobody hears it. Raises Refused without a bridge."""
        self._line(leg).hold(leg)
        self._bridged().hold(leg, music)

    def resume(self, leg: Leg) -> None:
        self._bridged().resume(leg)
        self._line(leg).resume(leg)

    def set_mode(self, leg: Leg, mode: str) -> None:
        """How a supervisor takes part: listen, whisper (to the agent alone) or barge in. Raises InputError."""
        self._line(leg)
        self._bridged().set_mode(leg, mode_named(mode))

    def _connect(self, line: Line, bridge: Bridge) -> None:
        mouthpiece = line.far_side.mouthpiece
        if mouthpiece is None:
            return
        bridge.add(
            line.legs[0],
            mouthpiece=mouthpiece,
            sample_rate_hz=line.offer.sample_rate_hz,
            mode=mode_named(line.offer.mode) if line.offer.mode else Mode.TALK,
        )
        line.let_overhear(bridge.hear)

    def _bridged(self) -> Bridge:
        if self._bridge is None:
            raise Refused(
                "media_gateway.not_bridged",
                "nobody else is on this call who could hear or be heard",
            )
        return self._bridge

    def _line(self, leg: Leg) -> Line:
        for line in self._lines:
            if leg in line.legs:
                return line
        raise Refused("media_gateway.not_bridged", f"no {leg} is on this call's bridge")


def mode_named(name: str) -> Mode:
    """Raises InputError."""
    if name not in MODES:
        raise InputError(
            "media_gateway.mode", f"expected a mode of {', '.join(MODES)}, got {name!r}"
        )
    return MODES[name]
