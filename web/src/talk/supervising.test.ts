import { describe, expect, it } from "vitest";

import { isMode, seatIn } from "@/talk/supervising";
import type { Standing } from "@/wire";

const at = (leg: Standing["leg"]): Standing => ({ leg, with: [], two_way: true, held: false, mode: "listen" });

describe("a supervisor", () => {
  it("sits where the last one sat down", () => {
    expect(seatIn([at("caller"), at("supervisor"), at("agent"), at("supervisor-2")])?.leg).toBe("supervisor-2");
    expect(seatIn([at("caller")])).toBeNull();
  });

  it("listens, whispers or barges in, and nothing else", () => {
    expect(isMode("whisper")).toBe(true);
    expect(isMode("talk")).toBe(false);
  });
});
