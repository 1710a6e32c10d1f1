import { describe, expect, it } from "vitest";

import { aCall, aSegment, aView, told } from "@/desk/builders";
import { EMPTY, type DeskState, fold, withCalls, withView } from "@/desk/fold";
import type { DeskMessage } from "@/wire";

const opened = (): DeskState => withView(EMPTY, aView());
const viewOf = (state: DeskState) => state.views["c1"]!;

describe("words", () => {
  it("a partial grows in place and keeps its line", () => {
    const state = [
      told(null, "segment", aSegment({ revision: 1, is_final: false, text: "我的" })),
      told(null, "segment", aSegment({ revision: 2, is_final: false, text: "我的社保卡" })),
    ].reduce(fold, opened());

    expect(viewOf(state).transcript.map((s) => s.text)).toEqual(["我的社保卡"]);
  });

  it("a late partial never replaces a final", () => {
    const state = [
      told(4, "segment", aSegment({ revision: 3, is_final: true, text: "我的社保卡丢了。" })),
      told(null, "segment", aSegment({ revision: 9, is_final: false, text: "我的社保" })),
    ].reduce(fold, opened());

    expect(viewOf(state).transcript[0]).toMatchObject({ is_final: true, text: "我的社保卡丢了。" });
  });

  it("an older partial never replaces a newer one", () => {
    const state = [
      told(null, "segment", aSegment({ revision: 5, is_final: false, text: "我的社保卡" })),
      told(null, "segment", aSegment({ revision: 4, is_final: false, text: "我的" })),
    ].reduce(fold, opened());

    expect(viewOf(state).transcript[0]?.text).toBe("我的社保卡");
  });

  it("a final wins over a partial whatever their revisions are", () => {
    const state = [
      told(null, "segment", aSegment({ revision: 9, is_final: false, text: "我的社" })),
      told(4, "segment", aSegment({ revision: 2, is_final: true, text: "我的社保卡丢了。" })),
    ].reduce(fold, opened());

    expect(viewOf(state).transcript[0]?.is_final).toBe(true);
  });

  it("words of a call nobody opened are not kept", () => {
    const state = fold(EMPTY, told(4, "segment", aSegment({})));

    expect(state.views).toEqual({});
    expect(state.position).toBe(4);
  });
});

describe("facts", () => {
  const decision = (decided_at_ms: number, rule_id: string) =>
    told(decided_at_ms, "routing", {
      queue: "mandarin",
      rule_id,
      reason_zh: "",
      reason_en: "",
      inputs: {},
      decided_at_ms,
    });
  const draft = (revision: number) =>
    told(20 + revision, "ticket_draft", {
      ticket_id: "t1",
      state: "draft" as const,
      revision,
      fields: [],
    });
  const facts: DeskMessage[] = [
    told(2, "leg", {
      leg: "caller" as const,
      sample_rate_hz: 8000,
      joined_at_ms: 0,
      duration_ms: null,
      recording: null,
      gaps: [],
      passages: [],
    }),
    told(4, "segment", aSegment({ segment_id: "s1", start_ms: 100 })),
    told(5, "segment", aSegment({ segment_id: "s2", start_ms: 900 })),
    decision(10, "language-unknown"),
    decision(11, "language-mandarin"),
    draft(1),
    draft(2),
    told(30, "key", { leg: "caller" as const, key: "1", pressed_at_ms: 700 }),
    told(31, "leg", {
      leg: "caller" as const,
      sample_rate_hz: 8000,
      joined_at_ms: 0,
      duration_ms: 5000,
      recording: "/api/calls/c1/recordings/caller.wav",
      gaps: [{ start_ms: 10, end_ms: 30, cause: "network", listener: "recorder" }],
      passages: [],
    }),
    told(32, "call", { ...aCall({ state: "ended", duration_ms: 5000 }) }),
  ];

  it("hearing everything twice changes nothing", () => {
    const once = facts.reduce(fold, opened());
    const twice = facts.reduce(fold, once);

    expect(twice).toEqual(once);
  });

  it("the order of arrival does not matter to what is shown", () => {
    const forwards = viewOf(facts.reduce(fold, opened()));
    const backwards = viewOf([...facts].reverse().reduce(fold, opened()));

    expect(backwards.routing).toEqual(forwards.routing);
    expect(backwards.ticket_drafts).toEqual(forwards.ticket_drafts);
    expect(backwards.legs).toEqual(forwards.legs);
    expect(backwards.keys).toEqual(forwards.keys);
    expect(backwards.state).toBe("ended");
    expect(new Set(backwards.transcript)).toEqual(new Set(forwards.transcript));
  });

  it("a later decision stands and the earlier one stays readable", () => {
    const { routing } = viewOf(facts.reduce(fold, opened()));

    expect(routing?.rule_id).toBe("language-mandarin");
    expect(routing?.earlier.map((d) => d.rule_id)).toEqual(["language-unknown"]);
  });

  it("the position only rises, and partials do not move it", () => {
    const state = [told(7, "segment", aSegment({})), told(3, "segment", aSegment({}))].reduce(fold, EMPTY);

    expect(state.position).toBe(7);
    expect(fold(state, told(null, "segment", aSegment({}))).position).toBe(7);
  });

  it("a summary whose position is still open is news, an older one is not", () => {
    const known = withCalls(EMPTY, [aCall({ queue: "mandarin" })], 9);
    const open = fold(known, told(null, "call", { ...aCall({ queue: "english" }) }));
    const older = fold(open, told(4, "call", { ...aCall({ queue: null }) }));

    expect(open.calls["c1"]?.queue).toBe("english");
    expect(older.calls["c1"]?.queue).toBe("english");
  });

  it("a call that has ended does not come alive again", () => {
    const ended = withCalls(EMPTY, [aCall({ state: "ended" })], 9);
    const state = fold(ended, told(12, "call", { ...aCall({ state: "live" }) }));

    expect(state.calls["c1"]?.state).toBe("ended");
  });

  it("a campaign message counts as news even without a position", () => {
    const news: DeskMessage = { type: "campaign", position: null, call_id: "c1", campaign_id: "k1" };
    const state = [news, news].reduce(fold, EMPTY);

    expect(state.campaigns["k1"]).toBe(2);
  });
});
