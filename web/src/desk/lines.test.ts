import { describe, expect, it } from "vitest";

import { aLeg, aSegment, aView } from "@/desk/builders";
import { withSegment } from "@/desk/fold";
import { linesOf, textParts } from "@/desk/lines";
import type { Gap, Leg, Passage } from "@/wire";

describe("lines of a call", () => {
  it("a leg that joined late lies later on the call's clock", () => {
    const lines = linesOf(
      aView({
        legs: [aLeg({}), aLeg({ leg: "agent", joined_at_ms: 4000 })],
        transcript: [
          aSegment({ segment_id: "a", leg: "agent", start_ms: 0 }),
          aSegment({ segment_id: "c", leg: "caller", start_ms: 1000 }),
        ],
      }),
    );

    expect(lines.map((l) => [l.id, l.at_ms])).toEqual([
      ["c", 1000],
      ["a", 4000],
    ]);
  });

  it("gaps and keys stand between the words, and a gap two listeners lost is told once", () => {
    const gap = { start_ms: 500, end_ms: 2800, cause: "network" as const };
    const lines = linesOf(
      aView({
        legs: [aLeg({ gaps: [{ ...gap, listener: "recorder" }, { ...gap, listener: "asr" }] })],
        transcript: [aSegment({ start_ms: 3000 })],
        keys: [{ leg: "caller", key: "1", pressed_at_ms: 200 }],
      }),
    );

    expect(lines.map((l) => l.kind)).toEqual(["key", "gap", "words"]);
  });

  it("a hold that came in pieces, told by two listeners, is one line of its whole length", () => {
    const piece = (start_ms: number, listener: string, cause: Gap["cause"] = "held") => ({ start_ms, end_ms: start_ms + 1000, cause, listener });
    const pieces = [0, 1000, 2000].flatMap((at) => [piece(at, "recorder"), piece(at + 30, "asr")]);
    const lines = linesOf(aView({ legs: [aLeg({ gaps: [...pieces, piece(9000, "asr"), piece(9100, "asr", "network")] })] }));

    expect(lines.map((l) => l.kind === "gap" && [l.gap.cause, l.gap.start_ms, l.gap.end_ms])).toEqual([
      ["held", 0, 3030],
      ["held", 9000, 10000],
      ["network", 9100, 10100],
    ]);
  });

  it("a hold that is told in pieces while it lasts is one line, and what interrupts it is another", () => {
    const piece = (start_ms: number, end_ms: number, kind: Passage["kind"] = "hold_music") => ({ start_ms, end_ms, kind });
    const passages = [piece(0, 60_000), piece(60_000, 90_000), piece(91_000, 92_000, "dtmf"), piece(93_000, 99_000)];
    const lines = linesOf(aView({ legs: [aLeg({ passages })], transcript: [aSegment({ start_ms: 92_500 })] }));

    expect(lines.map((l) => (l.kind === "passage" ? [l.passage.kind, l.passage.start_ms, l.passage.end_ms] : l.kind))).toEqual([
      ["hold_music", 0, 90_000],
      ["dtmf", 91_000, 92_000],
      "words",
      ["hold_music", 93_000, 99_000],
    ]);
  });

  it("nobody wants to read that connecting took a moment", () => {
    const gap = { start_ms: 0, end_ms: 700, cause: "absent" as const, listener: "asr" };
    expect(linesOf(aView({ legs: [aLeg({ gaps: [gap, { ...gap, start_ms: 5000, end_ms: 9000 }] })] }))).toHaveLength(1);
  });

  it("a key stands where it was pressed, also on a leg that joined late", () => {
    const keys = [{ leg: "agent-2" as const, key: "5", pressed_at_ms: 9000 }];
    const legs = [aLeg({}), aLeg({ leg: "agent-2", joined_at_ms: 4000 })];
    expect(linesOf(aView({ legs, keys })).map((l) => l.at_ms)).toEqual([9000]);
  });

  it("a partial its leg has spoken past is not shown", () => {
    const lines = linesOf(
      aView({
        transcript: [
          aSegment({ segment_id: "lost", is_final: false, start_ms: 0 }),
          aSegment({ segment_id: "kept", start_ms: 2000 }),
          aSegment({ segment_id: "now", is_final: false, start_ms: 4000 }),
        ],
      }),
    );

    expect(lines.map((l) => l.id)).toEqual(["kept", "now"]);
  });

  it("a final without words takes its line back", () => {
    const taken = aSegment({ segment_id: "s1", text: " ", revision: 4 });
    const transcript = withSegment([aSegment({ segment_id: "s1", is_final: false, revision: 3 })], taken);

    expect(linesOf(aView({ transcript }))).toEqual([]);
    expect(withSegment(transcript, aSegment({ segment_id: "s1", is_final: false, revision: 9 }))).toBe(transcript);
  });

  it("a language is named where a speaker begins or changes it, never where it is unknown", () => {
    const said = (n: number, language: string | null, leg: Leg = "caller") =>
      aSegment({ segment_id: String(n), start_ms: n * 1000, language, leg });
    const transcript = [said(1, null), said(2, "en"), said(3, "zh", "agent"), said(4, "en"), said(5, null), said(6, "zh")];

    const told = linesOf(aView({ transcript })).filter((l) => l.kind === "words" && l.tellsLanguage);
    expect(told.map((l) => l.id)).toEqual(["2", "3", "6"]);
  });

  it("only the first line of a turn names its speaker", () => {
    const lines = linesOf(
      aView({
        transcript: [
          aSegment({ segment_id: "1", start_ms: 0 }),
          aSegment({ segment_id: "2", start_ms: 1000 }),
          aSegment({ segment_id: "3", start_ms: 2000, leg: "agent" }),
        ],
      }),
    );

    expect(lines.map((l) => l.kind === "words" && l.opensTurn)).toEqual([true, false, true]);
  });
});

describe("marks", () => {
  it("are counted in code points, so a rare character does not shift them", () => {
    expect(textParts("𠮷先生丢了卡", [[1, 3]])).toEqual([
      { text: "𠮷", marked: false },
      { text: "先生", marked: true },
      { text: "丢了卡", marked: false },
    ]);
  });

  it("that overlap run together", () => {
    expect(textParts("abcd", [[0, 2], [1, 3]])).toEqual([
      { text: "abc", marked: true },
      { text: "d", marked: false },
    ]);
  });
});
