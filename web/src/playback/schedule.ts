/** Know where every leg should be for a moment of the call: pure, all times in milliseconds. */
import type { CallLeg, Leg } from "@/wire";

export interface Track {
  leg: Leg;
  url: string;
  joined_at_ms: number;
  duration_ms: number;
}

export function tracksOf(legs: CallLeg[]): Track[] {
  return legs.flatMap(({ leg, recording, joined_at_ms, duration_ms }) =>
    recording && duration_ms ? [{ leg, url: recording, joined_at_ms, duration_ms }] : [],
  );
}

export const lengthOf = (tracks: Track[]): number =>
  Math.max(0, ...tracks.map((t) => t.joined_at_ms + t.duration_ms));

/** The leg's own time, or null while it is not there. */
export function legTime(track: Track, at_ms: number): number | null {
  const local_ms = at_ms - track.joined_at_ms;
  return local_ms >= 0 && local_ms < track.duration_ms ? local_ms : null;
}
