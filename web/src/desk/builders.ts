/** Build wire shapes for tests. */
import type { CallLeg, CallSummary, CallView, DeskMessage, Segment } from "@/wire";

export function aCall(changes: Partial<CallSummary> = {}): CallSummary {
  return {
    call_id: "c1",
    state: "live",
    direction: "inbound",
    started_at: "2026-01-02T03:04:05Z",
    ended_at: null,
    end_reason: null,
    duration_ms: null,
    title: null,
    synthetic: false,
    caller_number: null,
    language: null,
    queue: null,
    topic_zh: null,
    topic_en: null,
    urgency: null,
    ...changes,
  };
}

export function aView(changes: Partial<CallView> = {}): CallView {
  const nothing = { p50: null, p95: null, n: 0 };
  return {
    ...aCall(),
    position: 1,
    legs: [],
    transcript: [],
    languages: [],
    routing: null,
    understandings: [],
    suggestions: [],
    ticket_drafts: [],
    latency: { first_partial_ms: nothing, final_ms: nothing, card_ms: nothing },
    keys: [],
    survey: null,
    ...changes,
  };
}

export function aLeg(changes: Partial<CallLeg> = {}): CallLeg {
  return {
    leg: "caller",
    sample_rate_hz: 8000,
    joined_at_ms: 0,
    duration_ms: null,
    recording: null,
    gaps: [],
    passages: [],
    transcribed: false,
    presence: "present",
    parties: [],
    ...changes,
  };
}

export function aSegment(changes: Partial<Segment>): Segment {
  return {
    segment_id: "s1",
    leg: "caller",
    start_ms: 0,
    end_ms: 1000,
    text: "你好",
    language: "zh",
    committed: 0,
    is_final: true,
    revision: 1,
    confidence: 0.9,
    engine: "fake",
    first_partial_ms: null,
    final_ms: null,
    ...changes,
  };
}

export function told<K extends DeskMessage["type"]>(
  position: number | null,
  type: K,
  body: object,
): DeskMessage {
  return { type, position, call_id: "c1", ...body } as unknown as DeskMessage;
}
