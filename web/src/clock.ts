/** Tick for everybody, on the server's clock, so that a desk with a wrong clock shows right durations. */
import { readonly, ref } from "vue";

const TICK_MS = 500;
const now = ref(Date.now());
let skew_ms = 0;

setInterval(() => (now.value = Date.now() + skew_ms), TICK_MS);

/** Whole seconds is all a Date header tells, so small differences are left alone. */
export function learnServerTime(dateHeader: string | null): void {
  const seen_ms = dateHeader ? Date.parse(dateHeader) - Date.now() : Number.NaN;
  if (!Number.isNaN(seen_ms)) skew_ms = Math.abs(seen_ms) > 2_000 ? seen_ms : 0;
}

export const serverNow = readonly(now);
