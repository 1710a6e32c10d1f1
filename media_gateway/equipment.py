"""Hold what every call of one gateway shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bus.port import EventBus
from domain.ports import Clock, LegListener, RecordingStore
from media_gateway.bridge_counters import BridgeCounters
from media_gateway.counters import GatewayCounters
from media_gateway.metronome import Metronome
from media_gateway.settings import GatewaySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """Doors, machines and limits. ``listeners`` are named: their gaps are told by that name."""

    bus: EventBus
    recordings: RecordingStore
    listeners: Mapping[str, LegListener]
    clock: Clock
    settings: GatewaySettings = field(default_factory=GatewaySettings)
    counters: GatewayCounters = field(default_factory=GatewayCounters)
    bridge_counters: BridgeCounters = field(default_factory=BridgeCounters)
    metronome: Metronome = field(default_factory=Metronome)
