/** Wish something of a call in progress: what is possible there, and what the server said to it. */
import { onBeforeUnmount, ref, watch } from "vue";

import { ApiError, fetchStandings, wish } from "@/api";
import type { CallView, Leg, Standing } from "@/wire";

const TROUBLE_SHOWN_MS = 8_000;

/** Lines that hear and are heard: with fewer than two of them there is nobody to hold or to leave. */
export function canHold(standings: Standing[], leg: Leg): boolean {
  const mine = standings.find((s) => s.leg === leg);
  if (!mine?.two_way) return false;
  return standings.some((s) => s.two_way && s.leg !== leg && !mine.with.includes(s.leg));
}

/** A supervisor hears only who is on a wire that carries sound both ways. */
export const canListenIn = (standings: Standing[]): boolean => standings.some((s) => s.two_way);

export function useWishes(call: () => CallView) {
  const standings = ref<Standing[]>([]);
  const trouble = ref<string | null>(null);
  let forget: ReturnType<typeof setTimeout> | undefined;

  async function look(): Promise<void> {
    if (call().state !== "live") return void (standings.value = []);
    try {
      standings.value = await fetchStandings(call().call_id);
    } catch {
      standings.value = []; // it has just ended, or this server takes no wishes: then there is nothing to press
    }
  }

  async function ask(what: string, body: object = {}): Promise<boolean> {
    clearTimeout(forget);
    trouble.value = null;
    try {
      standings.value = await wish(call().call_id, what, body);
      return true;
    } catch (error) {
      trouble.value = error instanceof ApiError ? error.message : String(error);
      forget = setTimeout(() => (trouble.value = null), TROUBLE_SHOWN_MS);
      return false;
    }
  }

  /** Whoever comes, goes or is held changes what can be wished. */
  watch(() => [call().call_id, call().state, ...call().legs.map((l) => `${l.leg} ${l.presence}`)].join(), look, { immediate: true });
  onBeforeUnmount(() => clearTimeout(forget));
  return { standings, trouble, ask };
}
