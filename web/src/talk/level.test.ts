import { describe, expect, it } from "vitest";

import { eased, levelOf } from "@/talk/level";

describe("the level meter", () => {
  it("shows nothing for silence", () => expect(levelOf(new Float32Array(100))).toBe(0));

  it("is full at full scale", () => expect(levelOf(new Float32Array(100).fill(1))).toBe(1));

  it("is in decibels", () => expect(levelOf(new Float32Array(100).fill(10 ** (-30 / 20)))).toBeCloseTo(0.5));

  it("rises at once and falls slowly", () => {
    expect(eased(0.1, 0.8)).toBe(0.8);
    expect(eased(0.8, 0)).toBeGreaterThan(0.6);
  });
});
