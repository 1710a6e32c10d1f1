import { describe, expect, it } from "vitest";

import { tongueNames, tonguesOf } from "@/desk/tongues";

const names = (language: string | null, mixed: string[], locale = "en") => tongueNames(tonguesOf({ language, mixed }), locale);

describe("what somebody speaks", () => {
  it("is one language, or none that anybody could tell", () => {
    expect(names("zh", [])).toBe("Chinese");
    expect(names(null, [])).toBe("");
  });

  it("is both languages of somebody who mixes them, in the reader's words", () => {
    expect(names("zh", ["zh", "en"])).toBe("Chinese + English");
    expect(names("en", ["zh", "en"], "zh-CN")).toBe("中文 + 英语");
  });

  it("is told by the mixture where neither of its languages outweighs the other", () => {
    expect(names(null, ["zh", "en"])).toBe("Chinese + English");
  });

  it("stays what was decided where the mixture does not know that language", () => {
    expect(names("yue", ["zh", "en"])).toBe("Cantonese");
  });

  it("is read from a server that says nothing about mixing", () => {
    expect(tonguesOf({ language: "fr" })).toEqual(["fr"]);
  });
});
