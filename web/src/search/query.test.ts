import { describe, expect, it } from "vitest";

import { addressOf, isEmpty, paramsOf, queryFrom } from "@/search/query";

describe("a search in the address", () => {
  const query = { q: " 社保卡 丢了 ", language: "zh", leg: "", from: "2026-01-01", to: "" };

  it("comes back as it was written, without what was left open", () => {
    expect(addressOf(query)).toEqual({ q: "社保卡 丢了", language: "zh", from: "2026-01-01" });
    expect(queryFrom({ q: "社保卡", leg: ["a", "b"] })).toMatchObject({ q: "社保卡", leg: "" });
  });

  it("asks the server for one page", () => {
    expect(paramsOf(query, 40, 20).toString()).toContain("limit=20&offset=40");
  });

  it("without words asks nothing", () => {
    expect(isEmpty({ ...query, q: "  " })).toBe(true);
  });
});
