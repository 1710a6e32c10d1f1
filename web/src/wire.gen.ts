/** What the server says, written by `npm run types` from docs/wire/: do not edit. */

/**
 * How it reached us.
 */
export type AnswerSource = "speech" | "keys";
/**
 * How sure we are, in the two words an agent can act on.
 */
export type Band = "high" | "medium";
/**
 * A call is live until it has ended; there is no way back.
 */
export type CallState = "live" | "ended";
/**
 * How one contact ended; only COMPLETED counts in the rates (三率口径).
 */
export type DialOutcome = "completed" | "refused" | "hung_up" | "no_speech" | "no_answer" | "unclear" | "interrupted";
/**
 * Who dialled.
 */
export type Direction = "inbound" | "outbound";
/**
 * Why a call ended; stable codes, shown on the desk and counted in metrics.
 */
export type EndReason =
  "hung_up" | "we_hung_up" | "vanished" | "stalled" | "flooded" | "bad_wire" | "drained" | "failed";
/**
 * What kind of thing was named.
 */
export type EntityKind = "phone" | "id_number" | "time" | "address" | "organisation" | "amount";
/**
 * A seat in a conversation: whose sound it is, known from the wire and never guessed.
 *
 * People come and go on a seat (a transfer); a number follows where two of a kind are there at once, or their
 * sound differs in rate. One recording and one sample clock per seat.
 */
export type Leg =
  | "caller"
  | "caller-2"
  | "caller-3"
  | "agent"
  | "agent-2"
  | "agent-3"
  | "agent-4"
  | "interpreter"
  | "interpreter-2"
  | "supervisor"
  | "supervisor-2"
  | "bot";
/**
 * Why samples are missing.
 */
export type GapCause = "overflow" | "network" | "disk" | "engine" | "held" | "paused" | "absent";
/**
 * Why a passage of a leg has no words.
 */
export type PassageKind = "hold_music" | "ring_back" | "dtmf" | "announcement" | "noise" | "unreadable";
/**
 * The life of a draft; the full life of a ticket comes with its own work.
 */
export type TicketState = "draft" | "reopened";
/**
 * How fast somebody must act: 紧急 / 次紧急 / 一般.
 */
export type Urgency = "urgent" | "pressing" | "normal";
export type DeskMessage =
  | CallNews
  | SegmentNews
  | LanguageNews
  | RoutingNews
  | UnderstandingNews
  | SuggestionNews
  | TicketDraftNews
  | LegNews
  | KeyNews
  | SurveyNews
  | CampaignNews
  | Heartbeat;

/**
 * One confirmed answer of a survey and what was heard.
 */
export interface Answer {
  heard: string;
  question_id: string;
  segment_id: string | null;
  source: AnswerSource;
  value: string;
}
/**
 * Where the call should go, by which rule, from which facts.
 */
export interface Decision {
  decided_at_ms: number;
  inputs: {
    [k: string]: string;
  };
  queue: string;
  reason_en: string;
  reason_zh: string;
  rule_id: string;
}
/**
 * Something named; positions count Unicode code points of the segment's text.
 */
export interface EntityShape {
  end_char: number;
  kind: EntityKind;
  start_char: number;
  text: string;
  value: string;
}
/**
 * The words a ticket field was read from; positions count Unicode code points.
 */
export interface EvidenceShape {
  call_id: string;
  end_char: number;
  leg: Leg;
  quote: string;
  segment_id: string;
  start_char: number;
  start_ms: number;
}
/**
 * Sound that is missing, and for whom.
 */
export interface Gap {
  cause: GapCause;
  end_ms: number;
  listener: string;
  start_ms: number;
}
/**
 * A telephone key.
 */
export interface Key {
  key: string;
  leg: Leg;
  pressed_at_ms: number;
}
/**
 * A language and how likely it is.
 */
export interface LanguageCandidate {
  language: string;
  probability: number;
}
/**
 * A guess about one leg; language null says that nobody could tell.
 */
export interface LanguageShape {
  candidates: LanguageCandidate[];
  decided_at_ms: number;
  language: string | null;
  leg: Leg;
  /**
   * the languages the speaker goes to and fro between; empty when there is one
   */
  mixed: string[];
  probability: number;
}
/**
 * How long people waited to see words and cards in this call.
 */
export interface Latency {
  card_ms: Percentiles;
  final_ms: Percentiles;
  first_partial_ms: Percentiles;
}
/**
 * Half of the figures are at most p50, 95 of 100 at most p95; null when there are none.
 */
export interface Percentiles {
  n: number;
  p50: number | null;
  p95: number | null;
}
/**
 * One side of a call. All other times of the leg count from ``joined_at_ms`` of the call.
 *
 * ``presence`` is as of now; ``parties`` has more than one entry after a transfer.
 */
export interface LegShape {
  duration_ms: number | null;
  gaps: Gap[];
  joined_at_ms: number;
  leg: Leg;
  parties: PartyShape[];
  /**
   * what sounded where there are no words
   */
  passages: Passage[];
  presence: "present" | "held" | "paused" | "left";
  /**
   * address of the WAV file
   */
  recording: string | null;
  sample_rate_hz: number;
  transcribed: boolean;
}
/**
 * Who sat on a leg from a moment of the call on, as far as the telephone system says.
 */
export interface PartyShape {
  name: string | null;
  number: string | null;
  since_ms: number;
}
/**
 * A stretch of a leg without words, and why; times count as the leg's gaps do.
 */
export interface Passage {
  end_ms: number;
  kind: PassageKind;
  start_ms: number;
}
/**
 * The decision that stands, and those it replaced, newest first.
 */
export interface Routing {
  decided_at_ms: number;
  earlier: Decision[];
  inputs: {
    [k: string]: string;
  };
  queue: string;
  reason_en: string;
  reason_zh: string;
  rule_id: string;
}
/**
 * One utterance as heard so far. A final replaces every partial; among partials the higher revision wins.
 *
 * The first ``committed`` characters of ``text`` never change.
 * On finals: how long after the speech began its first partial came, and after its end the final; null if unmeasured.
 */
export interface Segment {
  committed: number;
  confidence: number | null;
  end_ms: number;
  engine: string;
  final_ms: number | null;
  first_partial_ms: number | null;
  is_final: boolean;
  language: string | null;
  leg: Leg;
  revision: number;
  segment_id: string;
  start_ms: number;
  text: string;
}
/**
 * Where a suggestion comes from, and who signed its wording off.
 */
export interface Source {
  article_id: string;
  department: string;
  passage_id: string;
  title: string;
  version: string;
}
/**
 * An answer worth showing, with its source and the utterance that asked for it.
 */
export interface SuggestionShape {
  band: Band;
  because_segment_id: string;
  card_latency_ms: number | null;
  language: string;
  score: number;
  source: Source;
  suggestion_id: string;
  text: string;
  title: string;
}
/**
 * The survey that this call carries out; outcome null while it goes on.
 */
export interface Survey {
  answers: Answer[];
  campaign_id: string;
  contact_id: string;
  outcome: DialOutcome | null;
}
/**
 * What the ticket would say if it were sent now; a higher revision replaces a lower one.
 */
export interface TicketDraftShape {
  fields: TicketFieldShape[];
  revision: number;
  state: TicketState;
  ticket_id: string;
}
/**
 * One filled field with its name in both languages.
 */
export interface TicketFieldShape {
  evidence: EvidenceShape[];
  label_en: string;
  label_zh: string;
  name: string;
  value: string;
}
/**
 * What one final segment means; a null topic says that it fits none we know.
 */
export interface Understanding {
  confidence: number | null;
  entities: EntityShape[];
  segment_id: string;
  topic_en: string | null;
  topic_id: string | null;
  topic_zh: string | null;
  urgency: Urgency | null;
}
/**
 * Everything known about one call up to ``position`` of the event log.
 */
export interface CallView {
  call_id: string;
  caller_number: string | null;
  direction: Direction;
  duration_ms: number | null;
  end_reason: EndReason | null;
  ended_at: string | null;
  keys: Key[];
  /**
   * the caller's, as last guessed; null for unknown
   */
  language: string | null;
  /**
   * the latest of each leg first, older ones after
   */
  languages: LanguageShape[];
  latency: Latency;
  legs: LegShape[];
  position: number;
  queue: string | null;
  routing: Routing | null;
  started_at: string;
  state: CallState;
  suggestions: SuggestionShape[];
  survey: Survey | null;
  /**
   * a demonstration call whose speech was generated
   */
  synthetic: boolean;
  ticket_drafts: TicketDraftShape[];
  title: string | null;
  topic_en: string | null;
  topic_zh: string | null;
  transcript: Segment[];
  understandings: Understanding[];
  urgency: Urgency | null;
}
/**
 * A call began, changed its summary, or ended.
 */
export interface CallNews {
  call_id: string;
  caller_number: string | null;
  direction: Direction;
  duration_ms: number | null;
  end_reason: EndReason | null;
  ended_at: string | null;
  /**
   * the caller's, as last guessed; null for unknown
   */
  language: string | null;
  position: number | null;
  queue: string | null;
  started_at: string;
  state: CallState;
  /**
   * a demonstration call whose speech was generated
   */
  synthetic: boolean;
  title: string | null;
  topic_en: string | null;
  topic_zh: string | null;
  type: "call";
  urgency: Urgency | null;
}
/**
 * Something changed in a campaign; ask `/api/campaigns` for it.
 */
export interface CampaignNews {
  call_id: string;
  campaign_id: string;
  position: number | null;
  type: "campaign";
}
/**
 * Nothing else to say; we are still here and you are up to date with ``position``.
 */
export interface Heartbeat {
  call_id?: null;
  position: number | null;
  type: "heartbeat";
}
/**
 * A telephone key was pressed.
 */
export interface KeyNews {
  call_id: string;
  key: string;
  leg: Leg;
  position: number | null;
  pressed_at_ms: number;
  type: "key";
}
/**
 * A newer guess about a leg.
 */
export interface LanguageNews {
  call_id: string;
  candidates: LanguageCandidate[];
  decided_at_ms: number;
  language: string | null;
  leg: Leg;
  /**
   * the languages the speaker goes to and fro between; empty when there is one
   */
  mixed: string[];
  position: number | null;
  probability: number;
  type: "language";
}
/**
 * A leg as it stands now.
 */
export interface LegNews {
  call_id: string;
  duration_ms: number | null;
  gaps: Gap[];
  joined_at_ms: number;
  leg: Leg;
  parties: PartyShape[];
  /**
   * what sounded where there are no words
   */
  passages: Passage[];
  position: number | null;
  presence: "present" | "held" | "paused" | "left";
  /**
   * address of the WAV file
   */
  recording: string | null;
  sample_rate_hz: number;
  transcribed: boolean;
  type: "leg";
}
/**
 * A decision that replaces the earlier ones.
 */
export interface RoutingNews {
  call_id: string;
  decided_at_ms: number;
  inputs: {
    [k: string]: string;
  };
  position: number | null;
  queue: string;
  reason_en: string;
  reason_zh: string;
  rule_id: string;
  type: "routing";
}
/**
 * Words: partials while somebody speaks, then one final.
 */
export interface SegmentNews {
  call_id: string;
  committed: number;
  confidence: number | null;
  end_ms: number;
  engine: string;
  final_ms: number | null;
  first_partial_ms: number | null;
  is_final: boolean;
  language: string | null;
  leg: Leg;
  position: number | null;
  revision: number;
  segment_id: string;
  start_ms: number;
  text: string;
  type: "segment";
}
/**
 * A card.
 */
export interface SuggestionNews {
  band: Band;
  because_segment_id: string;
  call_id: string;
  card_latency_ms: number | null;
  language: string;
  position: number | null;
  score: number;
  source: Source;
  suggestion_id: string;
  text: string;
  title: string;
  type: "suggestion";
}
/**
 * The survey of this call as it stands now.
 */
export interface SurveyNews {
  answers: Answer[];
  call_id: string;
  campaign_id: string;
  contact_id: string;
  outcome: DialOutcome | null;
  position: number | null;
  type: "survey";
}
/**
 * The draft as it stands now.
 */
export interface TicketDraftNews {
  call_id: string;
  fields: TicketFieldShape[];
  position: number | null;
  revision: number;
  state: TicketState;
  ticket_id: string;
  type: "ticket_draft";
}
/**
 * What a final segment means.
 */
export interface UnderstandingNews {
  call_id: string;
  confidence: number | null;
  entities: EntityShape[];
  position: number | null;
  segment_id: string;
  topic_en: string | null;
  topic_id: string | null;
  topic_zh: string | null;
  type: "understanding";
  urgency: Urgency | null;
}
