/** Lay one call out in time: words, gaps and key presses, both legs on the call's clock. */
import type { CallView, Gap, KeyPress, Leg, Segment } from "@/wire";

export type Line =
  | { kind: "words"; id: string; at_ms: number; leg: Leg; segment: Segment; opensTurn: boolean; tellsLanguage: boolean }
  | { kind: "gap"; id: string; at_ms: number; leg: Leg; gap: Gap }
  | { kind: "key"; id: string; at_ms: number; leg: Leg; press: KeyPress };

type TimedCall = Pick<CallView, "legs" | "transcript" | "keys">;

export function joinedAt(call: Pick<CallView, "legs">, leg: Leg): number {
  return call.legs.find((l) => l.leg === leg)?.joined_at_ms ?? 0;
}

export function linesOf(call: TimedCall): Line[] {
  const lines = [...wordsOf(call), ...gapsOf(call), ...keysOf(call)];
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

/** The recorder and the recogniser may both have lost the same moment: one line tells of it. */
function gapsOf(call: TimedCall): Line[] {
  return call.legs.flatMap((leg) => {
    const seen = new Set<number>();
    return leg.gaps.filter((g) => !seen.has(g.start_ms) && seen.add(g.start_ms)).map(
      (gap): Line => ({
        kind: "gap",
        id: `gap ${leg.leg} ${gap.start_ms}`,
        at_ms: leg.joined_at_ms + gap.start_ms,
        leg: leg.leg,
        gap,
      }),
    );
  });
}

function keysOf(call: TimedCall): Line[] {
  return call.keys.map((press, n) => ({
    kind: "key",
    id: `key ${press.leg} ${press.pressed_at_ms} ${n}`,
    at_ms: joinedAt(call, press.leg) + press.pressed_at_ms,
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
