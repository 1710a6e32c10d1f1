import { describe, expect, it } from "vitest";

import en from "@/locales/en";
import zhCN from "@/locales/zh-CN";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${path}${key}`, value]] : leaves(value, `${path}${key}.`),
  ) as [string, string][];
}

const placesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe("both languages", () => {
  const english = new Map(leaves(en));
  const chinese = new Map(leaves(zhCN));

  it("say the same things", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it("leave nothing unsaid", () => {
    expect([...english, ...chinese].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("fill the same places", () => {
    for (const [key, text] of english) expect([key, placesIn(chinese.get(key) ?? "")]).toEqual([key, placesIn(text)]);
  });
});
