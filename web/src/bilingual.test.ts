import { describe, expect, it } from "vitest";

import { halfFor } from "@/bilingual";

describe("a text in both languages", () => {
  it("is read in the reader's own", () => {
    expect(halfFor("社保卡丢失 · A lost card", "zh-CN")).toBe("社保卡丢失");
    expect(halfFor("社保卡挂失补换 / Lost or damaged card", "en")).toBe("Lost or damaged card");
  });

  it("is left whole when it is no such pair", () => {
    for (const text of ["社保卡丢失", "A lost card", "供水 / 供电", "Monday / Tuesday", "1380000 / 1390000"])
      expect(halfFor(text, "en")).toBe(text);
  });
});
