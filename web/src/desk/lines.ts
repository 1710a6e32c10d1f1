/** Lay one call out in time: words, gaps, passages without words and key presses, both legs on the call's clock. */
import type { CallView, Gap, KeyPress, Leg, Passage, Segment } from "@/wire";

export type Line =
  | { kind: "words"; id: string; at_ms: number; leg: Leg; segment: Segment; opensTurn: boolean; tellsLanguage: boolean }
  | { kind: "gap"; id: string; at_ms: number; leg: Leg; gap: Gap }
  | { kind: "passage"; id: string; at_ms: number; leg: Leg; passage: Passage }
  | { kind: "key"; id: string; at_ms: number; leg: Leg; press: KeyPress };

type TimedCall = Pick<CallView, "legs" | "transcript" | "keys">;

export function joinedAt(call: Pick<CallView, "legs">, leg: Leg): number {
  return call.legs.find((l) => l.leg === leg)?.joined_at_ms ?? 0;
}

export function linesOf(call: TimedCall): Line[] {
  const lines = [...wordsOf(call), ...gapsOf(call), ...passagesOf(call), ...keysOf(call)];
  lines.sort((a, b) => a.at_ms - b.at_ms || a.id.localeCompare(b.id));
  let speaker: Leg | null = null;
  const spoken = new Map<Leg, string>();
  for (const line of lines) {
    if (line.kind === "words") {
      const { language } = line.segment;
      line.opensTurn = line.leg !== speaker;
      line.tellsLanguage = language !== null && language !== spoken.get(line.leg);
      if (language) spoken.set(line.leg, language);
    }
    speaker = line.kind === "words" ? line.leg : null;
  }
  return lines;
}

function wordsOf(call: TimedCall): Line[] {
  return call.transcript.filter((s) => isWorthShowing(s, call.transcript)).map((segment) => ({
    kind: "words",
    id: segment.segment_id,
    at_ms: joinedAt(call, segment.leg) + segment.start_ms,
    leg: segment.leg,
    segment,
    opensTurn: true,
    tellsLanguage: true,
  }));
}

/** A final without words takes its line back; a partial that its leg has spoken past is noise by now. */
function isWorthShowing(segment: Segment, all: Segment[]): boolean {
  if (segment.text.trim() === "") return false;
  if (segment.is_final) return true;
  return !all.some((s) => s.leg === segment.leg && s.is_final && s.start_ms > segment.start_ms);
}

/** Nobody was lost here: somebody was on hold, paused, or away. */
export const AWAY: readonly string[] = ["held", "paused", "absent"];
/** Pieces of one silence, and what two listeners say of it, lie this close. */
const ADJACENT_MS = 400;
/** Connecting takes a moment in which nobody is there yet. */
const SHORTEST_ABSENCE_MS = 1_500;

function gapsOf(call: TimedCall): Line[] {
  return call.legs.flatMap((leg) =>
    mergedGaps(leg.gaps).map(
      (gap): Line => ({
        kind: "gap",
        id: `gap ${leg.leg} ${gap.start_ms} ${gap.cause}`,
        at_ms: leg.joined_at_ms + gap.start_ms,
        leg: leg.leg,
        gap,
      }),
    ),
  );
}

/** The recorder and the recogniser may both have missed the same moment, and a hold comes in pieces: one line tells of it. */
export function mergedGaps(gaps: Gap[]): Gap[] {
  const merged: Gap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.start_ms - b.start_ms)) {
    const before = merged.findLast((g) => g.cause === gap.cause);
    if (before && gap.start_ms <= before.end_ms + ADJACENT_MS) before.end_ms = Math.max(before.end_ms, gap.end_ms);
    else merged.push({ ...gap });
  }
  return merged.filter((g) => g.cause !== "absent" || g.end_ms - g.start_ms >= SHORTEST_ABSENCE_MS);
}

function passagesOf(call: TimedCall): Line[] {
  return call.legs.flatMap((leg) =>
    mergedPassages(leg.passages).map(
      (passage): Line => ({
        kind: "passage",
        id: `passage ${leg.leg} ${passage.start_ms} ${passage.kind}`,
        at_ms: leg.joined_at_ms + passage.start_ms,
        leg: leg.leg,
        passage,
      }),
    ),
  );
}

/** A long hold is told in pieces while it lasts: one line grows. */
export function mergedPassages(passages: Passage[]): Passage[] {
  const merged: Passage[] = [];
  for (const passage of [...passages].sort((a, b) => a.start_ms - b.start_ms)) {
    const before = merged.at(-1);
    if (before?.kind === passage.kind && passage.start_ms <= before.end_ms + ADJACENT_MS)
      before.end_ms = Math.max(before.end_ms, passage.end_ms);
    else merged.push({ ...passage });
  }
  return merged;
}

function keysOf(call: TimedCall): Line[] {
  return call.keys.map((press, n) => ({
    kind: "key",
    id: `key ${press.leg} ${press.pressed_at_ms} ${n}`,
    at_ms: press.pressed_at_ms,
    leg: press.leg,
    press,
  }));
}

export interface TextPart {
  text: string;
  marked: boolean;
}

/** Cut a text at marks given in code points, as the server counts them. */
export function textParts(text: string, marks: readonly (readonly [number, number])[]): TextPart[] {
  const points = Array.from(text);
  const isMarked = (i: number) => marks.some(([start, end]) => start <= i && i < end);
  const parts: TextPart[] = [];
  points.forEach((point, i) => {
    const marked = isMarked(i);
    const last = parts.at(-1);
    if (last && last.marked === marked) last.text += point;
    else parts.push({ text: point, marked });
  });
  return parts;
}
