import { describe, expect, it } from "vitest";

import { aLeg } from "@/desk/builders";
import { legTime, lengthOf, tracksOf } from "@/playback/schedule";
import type { CallLeg } from "@/wire";

const leg = (changes: Partial<CallLeg>): CallLeg => aLeg({ duration_ms: 10_000, recording: "/caller.wav", ...changes });

describe("playing both legs", () => {
  const tracks = tracksOf([leg({}), leg({ leg: "agent", joined_at_ms: 4000, recording: "/agent.wav" })]);

  it("a leg that joined later starts later and ends later", () => {
    expect(lengthOf(tracks)).toBe(14_000);
    expect(tracks.map((t) => legTime(t, 2000))).toEqual([2000, null]);
    expect(tracks.map((t) => legTime(t, 9000))).toEqual([9000, 5000]);
    expect(tracks.map((t) => legTime(t, 12_000))).toEqual([null, 8000]);
  });

  it("a leg without a recording is left out", () => {
    expect(tracksOf([leg({ recording: null }), leg({ duration_ms: null })])).toEqual([]);
  });
});
