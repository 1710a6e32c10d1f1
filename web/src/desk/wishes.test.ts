import { describe, expect, it } from "vitest";

import { canHold, canListenIn } from "@/desk/wishes";
import type { Standing } from "@/wire";

const at = (leg: Standing["leg"], changes: Partial<Standing> = {}): Standing => ({
  leg,
  with: [],
  two_way: true,
  held: false,
  mode: null,
  ...changes,
});

describe("what can be wished", () => {
  it("a leg can be held while somebody else is there to wait for", () => {
    expect(canHold([at("caller"), at("agent")], "caller")).toBe(true);
    expect(canHold([at("caller")], "caller")).toBe(false);
  });

  it("nothing of a call that is only overheard", () => {
    const forked = [at("caller", { two_way: false, with: ["agent"] }), at("agent", { two_way: false, with: ["caller"] })];
    expect(canHold(forked, "caller")).toBe(false);
    expect(canListenIn(forked)).toBe(false);
  });

  it("legs of one wire cannot be held against each other", () =>
    expect(canHold([at("caller", { with: ["agent"] }), at("agent", { with: ["caller"] })], "caller")).toBe(false));

  it("one telephone is enough to listen to", () => expect(canListenIn([at("caller")])).toBe(true));
});
