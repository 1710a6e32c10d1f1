"""Let the lines of one conversation hear each other, as far as their wires can carry sound back."""

from dataclasses import dataclass

from domain.audio import Leg, Speech
from domain.errors import InputError, Refused
from media_gateway.absences import Away
from media_gateway.bridge import Bridge
from media_gateway.bridge_counters import BridgeCounters
from media_gateway.bridge_port import Mode
from media_gateway.line import Line
from media_gateway.metronome import Metronome

MODES = {"listen": Mode.LISTEN, "whisper": Mode.WHISPER, "barge": Mode.BARGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One line of a conversation. Where its wire cannot carry sound back (``is_two_way``) nothing can be wished for it.

    ``mode`` is None while there is no bridge.
    """

    legs: tuple[Leg, ...]
    is_two_way: bool
    is_held: bool
    mode: Mode | None


class Conference:
    """Who hears whom. There is no bridge, and no cost, while only one line could hear another."""

    def __init__(self, metronome: Metronome, counters: BridgeCounters) -> None:
        self._metronome = metronome
        self._counters = counters
        self._lines: list[Line] = []
        self._bridge: Bridge | None = None
        self._modes: dict[Leg, Mode] = {}

    def enter(self, line: Line) -> None:
        """Add a line; one whose wire cannot carry sound back is only listened to."""
        if line.far_side.mouthpiece is None:
            return
        self._lines.append(line)
        if self._bridge is not None:
            self._connect(line, self._bridge)
        elif len(self._lines) == 2:
            self._bridge = Bridge(metronome=self._metronome, counters=self._counters)
            for each in self._lines:
                self._connect(each, self._bridge)

    def leave(self, line: Line) -> None:
        if line not in self._lines:
            return
        self._lines.remove(line)
        if self._bridge is not None:
            line.let_overhear(None)
            self._bridge.remove(line.legs[0])
            self._modes.pop(line.legs[0], None)

    def hold(self, leg: Leg, music: Speech | None = None) -> None:
        """We put a leg on hold: it hears music or silence, and nobody hears it. Raises Refused without a bridge."""
        line, bridge = self._line(leg), self._bridged()
        bridge.hold(line.legs[0], music)
        for each in line.legs:
            line.hold(each, why=Away.WE_HOLD)

    def resume(self, leg: Leg) -> None:
        """Raises Refused without a bridge."""
        line, bridge = self._line(leg), self._bridged()
        bridge.resume(line.legs[0])
        for each in line.legs:
            line.resume(each, why=Away.WE_HOLD)

    def set_mode(self, leg: Leg, mode: str) -> None:
        """How a supervisor takes part: listen, whisper (to the agents alone) or barge in.

        Raises InputError on another mode, Refused for anybody else.
        """
        wanted = mode_named(mode)
        line, bridge = self._line(leg), self._bridged()
        if not _is_supervisor(line):
            raise Refused(
                "media_gateway.not_a_supervisor",
                f"{leg} takes part in the call; only a supervisor listens, whispers or barges in",
            )
        bridge.set_mode(line.legs[0], wanted)
        self._modes[line.legs[0]] = wanted

    def standing(self, line: Line) -> Standing:
        """What can be wished for a line, and how it stands."""
        return Standing(
            legs=line.legs,
            is_two_way=line in self._lines,
            is_held=line.is_held_by_us,
            mode=self._modes.get(line.legs[0]),
        )

    def _connect(self, line: Line, bridge: Bridge) -> None:
        mouthpiece = line.far_side.mouthpiece
        if mouthpiece is None:
            return
        mode = _first_mode(line)
        bridge.add(
            line.legs[0],
            mouthpiece=mouthpiece,
            sample_rate_hz=line.offer.sample_rate_hz,
            mode=mode,
        )
        self._modes[line.legs[0]] = mode
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


def _first_mode(line: Line) -> Mode:
    """A supervisor who does not say is only listening: nobody shall be heard by mistake."""
    if line.offer.mode:
        return mode_named(line.offer.mode)
    return Mode.LISTEN if _is_supervisor(line) else Mode.TALK


def _is_supervisor(line: Line) -> bool:
    return line.legs[0].role is Leg.SUPERVISOR


def mode_named(name: str) -> Mode:
    """Raises InputError."""
    if name not in MODES:
        raise InputError(
            "media_gateway.mode", f"expected a mode of {', '.join(MODES)}, got {name!r}"
        )
    return MODES[name]
