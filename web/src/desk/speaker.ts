/** Say who speaks: on calls we placed, the far side is not a caller. */
import type { CallSummary, Leg } from "@/wire";

export function speakerKey(leg: Leg, direction: CallSummary["direction"]): string {
  return leg === "caller" && direction === "outbound" ? "leg.callee" : `leg.${leg}`;
}
