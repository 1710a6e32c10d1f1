import { describe, expect, it } from "vitest";

import { iceServersIn } from "@/talk/whip";

describe("the ice servers that the server names", () => {
  it("are none without a header", () => expect(iceServersIn(null)).toEqual([]));

  it("come with their secrets", () =>
    expect(
      iceServersIn(
        '<stun:stun.example.org:3478>; rel="ice-server", <turn:turn.example.org?transport=udp>; rel="ice-server"; username="u, 1"; credential="p;2"; credential-type="password"',
      ),
    ).toEqual([
      { urls: "stun:stun.example.org:3478" },
      { urls: "turn:turn.example.org?transport=udp", username: "u, 1", credential: "p;2" },
    ]));

  it("are not confused with other links", () =>
    expect(iceServersIn('<https://example.org/next>; rel="next"')).toEqual([]));
});
