"""Count what happens, for Prometheus."""

from collections.abc import Mapping
from dataclasses import fields
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bus.port import EventBus, Start
from domain.events import (
    EVENT_KINDS,
    CallEnded,
    CallStarted,
    Event,
    PassageMarked,
    RecordingGapMarked,
    SuggestionOffered,
    TranscriptFinalised,
)
from media_gateway import GatewayCounters

GATEWAY_COUNTS = {
    "calls_refused": "Wires turned away: no place, or no usable metadata",
    "messages": "Messages heard on all wires",
    "bytes_heard": "Bytes of sound heard, as PCM16",
    "recording_failures": "Recordings that could not be written",
    "listener_failures": "Listeners that failed in a call",
    "clock_jumps": "Holes that a wire claimed and our clock denied",
    "facts_lost": "Facts about calls that could not be posted",
}
LATENCY_BUCKETS_S = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


class Telemetry:
    """The product's metrics; names start with the room they are about."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._facts = Counter("bus_facts", "Facts published", ["kind"], registry=self.registry)
        self._live = Gauge("media_gateway_live_calls", "Calls in progress", registry=self.registry)
        self._ended = Counter(
            "media_gateway_calls_ended", "Calls ended", ["reason"], registry=self.registry
        )
        self._gap_s = Counter(
            "media_gateway_gap_seconds", "Sound lost", ["listener", "cause"], registry=self.registry
        )
        self._passage_s = Counter(
            "asr_passage_seconds", "Sound without words", ["kind"], registry=self.registry
        )
        self._final_s = Histogram(
            "asr_final_latency_seconds",
            "End of speech to final text",
            registry=self.registry,
            buckets=LATENCY_BUCKETS_S,
        )
        self._card_s = Histogram(
            "agent_assist_card_latency_seconds",
            "End of phrase to card",
            registry=self.registry,
            buckets=LATENCY_BUCKETS_S,
        )

    async def run(self, bus: EventBus) -> None:
        """Until cancelled."""
        kinds = tuple(kind for kind in EVENT_KINDS.values() if not kind.volatile)
        async with bus.subscribe(*kinds, name=None, start=Start.NOW) as heard:
            async for envelope in heard:
                self._count(envelope.event)

    def watch_gateway(self, counters: GatewayCounters) -> None:
        """Show what the gateway counts by itself: what never became a fact cannot be counted from facts."""
        for name, about in GATEWAY_COUNTS.items():
            gauge = Gauge(f"media_gateway_{name}", about, registry=self.registry)
            gauge.set_function(partial(getattr, counters, name))

    def watch_wires(self, counters: Mapping[str, object]) -> None:
        """Show every whole number that a wire counts, under its name."""
        self._watch("media_gateway", counters)

    def watch_speech(self, counters: Mapping[str, object]) -> None:
        """Show every whole number that a speech machine's desk and workshop count."""
        self._watch("asr", counters)

    def _watch(self, room: str, counters: Mapping[str, object]) -> None:
        for whose, counted in counters.items():
            for name in (each.name for each in fields(counted) if each.type in (int, "int")):  # type: ignore[arg-type]
                about = f"{name.replace('_', ' ')}, {whose}"
                gauge = Gauge(f"{room}_{whose}_{name}", about, registry=self.registry)
                gauge.set_function(partial(getattr, counted, name))

    def exposition(self) -> bytes:
        return generate_latest(self.registry)

    def _count(self, event: Event) -> None:
        self._facts.labels(kind=type(event).__name__).inc()
        if isinstance(event, CallStarted):
            self._live.inc()
        elif isinstance(event, CallEnded):
            self._live.dec()
            self._ended.labels(reason=event.reason.value).inc()
        elif isinstance(event, RecordingGapMarked):
            self._gap_s.labels(listener=event.listener, cause=event.cause.value).inc(
                (event.end_ms - event.start_ms) / 1000
            )
        elif isinstance(event, PassageMarked):
            self._passage_s.labels(kind=event.kind.value).inc(
                (event.end_ms - event.start_ms) / 1000
            )
        elif isinstance(event, TranscriptFinalised) and event.stages is not None:
            self._final_s.observe(event.stages.final_latency_ms / 1000)
        elif isinstance(event, SuggestionOffered) and event.card_latency_ms is not None:
            self._card_s.observe(event.card_latency_ms / 1000)
