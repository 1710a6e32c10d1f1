import { describe, expect, it } from "vitest";

import { partiesOf, partyAt, partyNow, roleOf, speakerKey } from "@/desk/speaker";

const parties = [
  { name: "Li", number: "8001", since_ms: 0 },
  { name: null, number: "8002", since_ms: 9000 },
];

describe("who speaks", () => {
  it("is whoever sat there at that moment", () => {
    expect(partyAt({ parties }, 8999)).toBe("Li 8001");
    expect(partyAt({ parties }, 9000)).toBe("8002");
    expect(partyAt(undefined, 0)).toBeNull();
  });

  it("is named late, and was the same before", () =>
    expect(partyAt({ parties: [{ name: "Li", number: null, since_ms: 500 }] }, 0)).toBe("Li"));

  it("the caller is the calling number until somebody is named", () => {
    expect(partyNow({ caller_number: "138" }, { leg: "caller", parties: [] })).toBe("138");
    expect(partyNow({ caller_number: "138" }, { leg: "agent", parties: [] })).toBeNull();
    expect(partyNow({ caller_number: "138" }, { leg: "agent", parties })).toBe("8002");
  });

  it("is everybody who sat there, when it is over", () => {
    expect(partiesOf({ caller_number: null }, { leg: "agent", parties })).toBe("Li 8001 → 8002");
    expect(partiesOf({ caller_number: "138" }, { leg: "caller", parties: [] })).toBe("138");
  });

  it("has a kind, whatever the number", () => expect(roleOf("agent-2")).toBe("agent"));

  it("is no caller on a call we placed", () => expect(speakerKey("caller", "outbound")).toBe("leg.callee"));
});
