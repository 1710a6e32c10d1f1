/** Be a supervisor on a call: know one's seat, and change who hears one. */
import { computed, ref, watch } from "vue";

import { ApiError, fetchStandings, wish } from "@/api";
import { roleOf } from "@/desk/speaker";
import type { Leg, Mode, Standing } from "@/wire";

export const MODES = ["listen", "whisper", "barge"] as const;

export const isMode = (word: unknown): word is Mode => MODES.some((mode) => mode === word);

/** Lines stand in the order they came: who has just sat down as a supervisor is the last of them. */
export function seatIn(standings: Standing[]): Standing | null {
  return standings.findLast((s) => roleOf(s.leg) === "supervisor") ?? null;
}

interface Wishes {
  /** The call that is supervised while the telephone is connected to it, else null. */
  callId: () => string | null;
  /** What was asked for when calling. */
  asked: () => Mode;
  setMuted: (isMuted: boolean) => void;
}

export function useSupervising({ callId, asked, setMuted }: Wishes) {
  const seat = ref<Leg | null>(null);
  const mode = ref<Mode>(asked());
  const trouble = ref<string | null>(null);

  async function sitDown(id: string | null): Promise<void> {
    seat.value = null;
    mode.value = asked();
    trouble.value = null;
    if (id === null) return;
    setMuted(mode.value === "listen");
    try {
      const mine = seatIn(await fetchStandings(id));
      seat.value = mine?.leg ?? null;
      if (isMode(mine?.mode)) mode.value = mine.mode;
    } catch (error) {
      trouble.value = said(error);
    }
  }

  async function choose(next: Mode): Promise<void> {
    const id = callId();
    if (id === null || seat.value === null) return;
    trouble.value = null;
    try {
      if (next === "listen") setMuted(true);
      await wish(id, `legs/${seat.value}/mode`, { mode: next });
      mode.value = next;
      setMuted(next === "listen");
    } catch (error) {
      trouble.value = said(error);
    }
  }

  watch(callId, (id) => void sitDown(id), { immediate: true });
  return { mode, trouble, choose, canChoose: computed(() => seat.value !== null) };
}

const said = (error: unknown): string => (error instanceof ApiError ? error.message : String(error));
