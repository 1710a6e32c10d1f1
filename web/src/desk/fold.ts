/** Fold what the socket says into what the desk knows: pure, idempotent, in any order. */
import type {
  CallLeg,
  CallSummary,
  CallView,
  Decision,
  DeskMessage,
  LanguageGuess,
  Routing,
  Segment,
  TicketDraft,
} from "@/wire";

export interface DeskState {
  /** The highest log position seen: where a reconnecting socket resumes. */
  position: number;
  calls: Record<string, CallSummary>;
  /** At which position each summary was written, so that an older one never replaces a newer. */
  summaryPositions: Record<string, number>;
  /** Only the calls somebody has opened. */
  views: Record<string, CallView>;
  /** Position of the latest news per campaign. */
  campaigns: Record<string, number>;
}

export const EMPTY: DeskState = {
  position: 0,
  calls: {},
  summaryPositions: {},
  views: {},
  campaigns: {},
};

export function withCalls(state: DeskState, calls: CallSummary[], position: number): DeskState {
  const next = calls.reduce((s, call) => withSummary(s, call, position), state);
  return { ...next, position: Math.max(state.position, position) };
}

export function withView(state: DeskState, view: CallView): DeskState {
  const next = withSummary(state, summaryOf(view), view.position);
  const current = next.calls[view.call_id] ?? view;
  return { ...next, views: { ...next.views, [view.call_id]: { ...view, ...current } } };
}

export function withoutView(state: DeskState, callId: string): DeskState {
  const views = { ...state.views };
  delete views[callId];
  return { ...state, views };
}

export function fold(state: DeskState, message: DeskMessage): DeskState {
  const told = withPosition(state, message.position);
  switch (message.type) {
    case "heartbeat":
      return told;
    case "campaign": {
      const news = Math.max(message.position ?? 0, (told.campaigns[message.campaign_id] ?? 0) + 1);
      return { ...told, campaigns: { ...told.campaigns, [message.campaign_id]: news } };
    }
    case "call":
      return withSummary(told, summaryOf(message), message.position);
    default:
      return inView(told, message.call_id, (view) => foldView(view, message));
  }
}

type ViewMessage = Exclude<DeskMessage, { type: "heartbeat" | "campaign" | "call" }>;

function foldView(view: CallView, message: ViewMessage): CallView {
  switch (message.type) {
    case "segment":
      return { ...view, transcript: withSegment(view.transcript, bare(message)) };
    case "language":
      return { ...view, languages: withLanguage(view.languages, bare(message)) };
    case "routing":
      return { ...view, routing: withDecision(view.routing, bare(message)) };
    case "understanding":
      return {
        ...view,
        understandings: upsert(view.understandings, bare(message), (u) => u.segment_id),
      };
    case "suggestion":
      return { ...view, suggestions: upsert(view.suggestions, bare(message), (s) => s.suggestion_id) };
    case "ticket_draft":
      return { ...view, ticket_drafts: withDraft(view.ticket_drafts, bare(message)) };
    case "leg":
      return { ...view, legs: withLeg(view.legs, bare(message)) };
    case "key":
      return {
        ...view,
        keys: upsert(view.keys, bare(message), (k) => `${k.leg} ${k.pressed_at_ms} ${k.key}`),
      };
    case "survey":
      return { ...view, survey: bare(message) };
  }
}

/** A late partial never replaces a final, nor an older revision a newer. */
export function withSegment(transcript: Segment[], next: Segment): Segment[] {
  const old = transcript.find((s) => s.segment_id === next.segment_id);
  if (old && (old.is_final || old.revision >= next.revision) && !(next.is_final && !old.is_final))
    return transcript;
  return upsert(transcript, next, (s) => s.segment_id);
}

function withLanguage(known: LanguageGuess[], next: LanguageGuess): LanguageGuess[] {
  const merged = upsert(known, next, (l) => `${l.leg} ${l.decided_at_ms}`);
  return [...merged].sort((a, b) => b.decided_at_ms - a.decided_at_ms);
}

/** A later decision replaces an earlier one, which stays readable under `earlier`. */
function withDecision(routing: Routing | null, next: Decision): Routing {
  const past = routing ? [decisionOf(routing), ...routing.earlier] : [];
  const all = upsert(past, decisionOf(next), (d) => `${d.decided_at_ms} ${d.rule_id}`);
  const [latest, ...earlier] = [...all].sort((a, b) => b.decided_at_ms - a.decided_at_ms);
  return { ...(latest as Decision), earlier };
}

function withDraft(drafts: TicketDraft[], next: TicketDraft): TicketDraft[] {
  const old = drafts.find((d) => d.ticket_id === next.ticket_id);
  if (old && old.revision >= next.revision) return drafts;
  return upsert(drafts, next, (d) => d.ticket_id);
}

/** What a leg has gained it keeps: a replayed older message knows no duration or recording yet. */
function withLeg(legs: CallLeg[], next: CallLeg): CallLeg[] {
  const old = legs.find((l) => l.leg === next.leg);
  if (!old) return [...legs, next];
  const gaps = next.gaps.reduce((all, g) => upsert(all, g, (x) => `${x.start_ms} ${x.listener}`), old.gaps);
  const passages = next.passages.reduce((all, p) => upsert(all, p, (x) => `${x.start_ms} ${x.kind}`), old.passages);
  const merged = {
    ...next,
    duration_ms: next.duration_ms ?? old.duration_ms,
    recording: next.recording ?? old.recording,
    gaps,
    passages,
  };
  return legs.map((l) => (l.leg === next.leg ? merged : l));
}

/** A null position says that more of the same fact follows: it is news, but no place to stand on. */
function withSummary(state: DeskState, call: CallSummary, position: number | null): DeskState {
  const known = state.calls[call.call_id];
  const stamp = state.summaryPositions[call.call_id] ?? -1;
  const isOlder = position !== null && position < stamp;
  if (known && (isOlder || (known.state === "ended" && call.state === "live"))) return state;
  const told = {
    ...state,
    calls: { ...state.calls, [call.call_id]: call },
    summaryPositions: { ...state.summaryPositions, [call.call_id]: position ?? stamp },
  };
  return inView(told, call.call_id, (view) => ({ ...view, ...call }));
}

function withPosition(state: DeskState, position: number | null): DeskState {
  if (position === null || position <= state.position) return state;
  return { ...state, position };
}

function inView(state: DeskState, callId: string, change: (view: CallView) => CallView): DeskState {
  const view = state.views[callId];
  if (!view) return state;
  return { ...state, views: { ...state.views, [callId]: change(view) } };
}

function upsert<T>(items: T[], next: T, key: (item: T) => string): T[] {
  const place = items.findIndex((item) => key(item) === key(next));
  return place < 0 ? [...items, next] : items.map((item, n) => (n === place ? next : item));
}

function bare<T extends { type: string; position: number | null; call_id: string }>(
  message: T,
): Omit<T, "type" | "position" | "call_id"> {
  const { type: _type, position: _position, call_id: _callId, ...rest } = message;
  return rest;
}

function decisionOf(d: Decision): Decision {
  return {
    queue: d.queue,
    rule_id: d.rule_id,
    reason_zh: d.reason_zh,
    reason_en: d.reason_en,
    inputs: d.inputs,
    decided_at_ms: d.decided_at_ms,
  };
}

export function summaryOf(call: CallSummary): CallSummary {
  return {
    call_id: call.call_id,
    state: call.state,
    direction: call.direction,
    started_at: call.started_at,
    ended_at: call.ended_at,
    end_reason: call.end_reason,
    duration_ms: call.duration_ms,
    title: call.title,
    synthetic: call.synthetic,
    caller_number: call.caller_number,
    language: call.language,
    queue: call.queue,
    topic_zh: call.topic_zh,
    topic_en: call.topic_en,
    urgency: call.urgency,
  };
}
