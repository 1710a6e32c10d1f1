import { describe, expect, it } from "vitest";

import { codeOf, fieldWords, type Field, shortId, shownFields, tellsMore } from "@/desk/ticket";
import type { Evidence, TicketDraft } from "@/wire";

const aField = (name: string, value: string): Field => ({ name, label_zh: "", label_en: "", value, evidence: [] });

const quoted = (quote: string): Evidence => ({
  call_id: "c1",
  segment_id: "s1",
  leg: "caller",
  start_ms: 0,
  start_char: 0,
  end_char: quote.length,
  quote,
});

const draft: TicketDraft = {
  ticket_id: "t-46f37bdf42b5455aabc9341392213b83",
  state: "draft",
  revision: 1,
  fields: [aField("matter", "社保卡挂失 / Lost card"), aField("topic", "social_security.card_lost")],
};

describe("a ticket draft", () => {
  it("keeps the code of the matter out of the agent's way", () => {
    expect(shownFields(draft).map((f) => f.name)).toEqual(["matter"]);
    expect(codeOf(draft)).toBe("social_security.card_lost");
  });

  it("says urgency, language and matter in the reader's words", () => {
    const words = (name: string, value: string) => fieldWords(aField(name, value), "zh-CN", (n) => `<${n}>`);

    expect(words("urgency", "urgent")).toBe("<urgent>");
    expect(words("language", "zh")).toBe("中文");
    expect(words("matter", "社保卡挂失 / Lost card")).toBe("社保卡挂失");
    expect(words("other_matters", "供水 / Water;供电 / Power")).toBe("供水\n供电");
    expect(words("address", "建国路 88 号")).toBe("建国路 88 号");
  });

  it("does not quote what the value says already", () => {
    expect(tellsMore(aField("caller_phone", "+8613812345678"), quoted("13812345678"))).toBe(false);
    expect(tellsMore(aField("time", "2026-11-21"), quoted("昨天"))).toBe(true);
    expect(tellsMore(aField("language", "zh"), quoted("我的社保卡丢了"))).toBe(false);
  });

  it("shows a long id short", () => {
    expect(shortId(draft.ticket_id)).toBe("t-46f37b…3b83");
    expect(shortId("T-2026-0001")).toBe("T-2026-0001");
  });
});
