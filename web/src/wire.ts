/** The shapes that cross the wire (snake_case, times in milliseconds, offsets in code points). */
import type { Answer, CallNews, Leg } from "@/wire.gen";

export type {
  CallView,
  Decision,
  DeskMessage,
  EvidenceShape as Evidence,
  Gap,
  Key as KeyPress,
  LanguageShape as LanguageGuess,
  Leg,
  LegShape as CallLeg,
  PartyShape as Party,
  Passage,
  Percentiles,
  Routing,
  Segment,
  SuggestionShape as Suggestion,
  Survey,
  TicketDraftShape as TicketDraft,
} from "@/wire.gen";

/** One line in the list of calls: what a view and the news about a call have in common. */
export type CallSummary = Omit<CallNews, "type" | "position">;

/** One leg of a call in progress, and what may be wished for it; `with` are the legs of the same wire. */
export interface Standing {
  leg: Leg;
  with: Leg[];
  two_way: boolean;
  held: boolean;
  mode: Mode | "talk" | null;
}

/** How a supervisor takes part: heard by nobody, by the agents, by everybody. */
export type Mode = "listen" | "whisper" | "barge";

export interface CallsPage {
  calls: CallSummary[];
  position: number;
}

export interface SearchHit {
  call_id: string;
  segment_id: string;
  leg: Leg;
  start_ms: number;
  end_ms: number;
  text: string;
  language: string | null;
  said_at: string;
  marks: [number, number][];
}

export interface SearchPage {
  total: number;
  hits: SearchHit[];
}

export interface CampaignSummary {
  campaign_id: string;
  name: string;
  state: "running" | "finished";
  created_at: string;
  contacts_total: number;
  contacts_done: number;
  outcomes: Record<string, number>;
}

export interface Rate {
  value: number | null;
  n: number;
}

export interface Attempt {
  number: number;
  call_id: string | null;
  state: string;
  outcome: string | null;
  started_at: string;
}

export interface Contact {
  contact_id: string;
  name_masked: string;
  language: string;
  ticket_ref: string | null;
  outcome: string | null;
  needs_human: boolean;
  attempts: Attempt[];
  answers: Omit<Answer, "segment_id">[];
}

export interface Question {
  question_id: string;
  title_zh: string;
  title_en: string;
  kind: "yes_no" | "scale";
}

/** The answer to a started campaign: lines that are not called because their number stands on an earlier line. */
export interface AcceptedCampaign extends CampaignDetail {
  duplicates: { line: number; first_line: number }[];
}

export interface CampaignDetail extends CampaignSummary {
  questions: Question[];
  rates: { contacted: Rate; solved: Rate; satisfied: Rate };
  contacts: Contact[];
}
