import { describe, expect, it } from "vitest";

import { heldBack } from "@/desk/hold";

describe("new suggestions", () => {
  it("come in at once while nobody points at the list", () => {
    expect(heldBack(1, 2, false)).toBe(2);
  });

  it("wait while somebody does, so that no card jumps from under the mouse", () => {
    expect(heldBack(1, 3, true)).toBe(1);
  });

  it("do not wait in an empty list, where nothing can jump", () => {
    expect(heldBack(0, 1, true)).toBe(1);
  });
});
