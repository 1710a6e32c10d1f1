/** Shape a campaign's figures for ECharts: pure, colours come from the page. */
import type { EChartsCoreOption } from "echarts/core";

import { percent } from "@/format";
import type { CampaignDetail, Rate } from "@/wire";

export interface Ink {
  ink: string;
  faint: string;
  bar: string;
  ground: string;
}

export interface Row {
  name: string;
  value: number;
  label: string;
}

/** What the rate is a share of is always said: "67% (2/3)". */
export function rateLabel({ value, n }: Rate, none: string): string {
  return value === null ? none : `${percent(value)} (${Math.round(value * n)}/${n})`;
}

export function rateRows(
  rates: CampaignDetail["rates"],
  name: (rate: string) => string,
  none: string,
): Row[] {
  return (["contacted", "solved", "satisfied"] as const).map((key) => ({
    name: name(key),
    value: rates[key].value ?? 0,
    label: rateLabel(rates[key], none),
  }));
}

export function outcomeRows(outcomes: Record<string, number>, total: number, name: (outcome: string) => string): Row[] {
  return Object.entries(outcomes)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, n]) => ({ name: name(outcome), value: n, label: `${n}/${total}` }));
}

const LABEL_GAP_PX = 14;

/** Near enough for a label: a Chinese character is as wide as it is high, a Latin letter a little over half. */
const widthOf = (text: string) =>
  Array.from(text).reduce((sum, c) => sum + ((c.codePointAt(0) ?? 0) > 0x2e7f ? 13 : 7.8), 0);

export function barOption(rows: Row[], ink: Ink, most: number): EChartsCoreOption {
  const widest = Math.max(0, ...rows.map((r) => widthOf(r.name)));
  return {
    animationDuration: 300,
    grid: { left: widest + LABEL_GAP_PX, right: 108, top: 4, bottom: 4, outerBoundsMode: "none" },
    xAxis: { type: "value", max: most, show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map((r) => r.name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        align: "left",
        margin: widest + LABEL_GAP_PX,
        color: ink.faint,
        fontSize: 13,
        fontFamily: "inherit",
      },
    },
    series: [
      {
        type: "bar",
        barWidth: 14,
        data: rows.map((r) => r.value),
        itemStyle: { color: ink.bar, borderRadius: 3 },
        showBackground: true,
        backgroundStyle: { color: ink.ground, borderRadius: 3 },
        label: {
          show: true,
          position: "right",
          color: ink.ink,
          fontSize: 13,
          fontWeight: 600,
          fontFamily: "inherit",
          formatter: ({ dataIndex }: { dataIndex: number }) => rows[dataIndex]?.label ?? "",
        },
      },
    ],
  };
}
