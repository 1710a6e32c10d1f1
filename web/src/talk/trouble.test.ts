import { describe, expect, it } from "vitest";

import { microphoneTrouble, serverTrouble } from "@/talk/trouble";
import { WhipRefusal } from "@/talk/whip";

const named = (name: string) => Object.assign(new Error("x"), { name });

describe("what went wrong", () => {
  it("with the microphone is told apart", () => {
    expect(microphoneTrouble(named("NotAllowedError"))).toBe("refused");
    expect(microphoneTrouble(named("NotFoundError"))).toBe("noMicrophone");
    expect(microphoneTrouble(named("NotReadableError"))).toBe("busyMicrophone");
    expect(microphoneTrouble("odd")).toBe("noMicrophone");
  });

  it("at the server is told apart", () => {
    expect(serverTrouble(new WhipRefusal(503, ""))).toBe("full");
    expect(serverTrouble(new WhipRefusal(401, ""))).toBe("token");
    expect(serverTrouble(new WhipRefusal(404, ""))).toBe("closed");
    expect(serverTrouble(new WhipRefusal(422, ""))).toBe("notTaken");
    expect(serverTrouble(new TypeError("Failed to fetch"))).toBe("unreachable");
  });
});
