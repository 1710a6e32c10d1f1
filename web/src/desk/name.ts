/** Call a call by something a person can say: its title, else its number. */
import { halfFor } from "@/bilingual";
import { i18n, locale } from "@/i18n";
import type { CallSummary } from "@/wire";

export function callName(call: Pick<CallSummary, "title" | "caller_number" | "direction">): string {
  if (call.title) return halfFor(call.title, locale.value);
  return call.caller_number ?? i18n.global.t(call.direction === "outbound" ? "call.noNumberOutbound" : "call.noNumber");
}
