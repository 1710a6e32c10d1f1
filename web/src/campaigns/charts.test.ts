import { describe, expect, it } from "vitest";

import { outcomeRows, rateLabel, rateRows } from "@/campaigns/charts";

describe("a campaign's figures", () => {
  it("a rate always says what it is a share of", () => {
    expect(rateLabel({ value: 2 / 3, n: 3 }, "none")).toBe("67% (2/3)");
    expect(rateLabel({ value: null, n: 0 }, "none")).toBe("none");
  });

  it("the three rates keep their order", () => {
    const rate = { value: 1, n: 1 };
    const rows = rateRows({ satisfied: rate, solved: rate, contacted: rate }, (key) => key, "");

    expect(rows.map((r) => r.name)).toEqual(["contacted", "solved", "satisfied"]);
  });

  it("the commonest outcome stands first, and says of how many contacts", () => {
    const rows = outcomeRows({ refused: 1, completed: 3 }, 6, (o) => o);

    expect(rows.map((r) => `${r.name} ${r.label}`)).toEqual(["completed 3/6", "refused 1/6"]);
  });
});
