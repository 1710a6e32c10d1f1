/** Say who speaks: on calls we placed, the far side is not a caller; and people come and go on a leg. */
import type { CallLeg, CallSummary, CallView, Leg, Party } from "@/wire";

export function speakerKey(leg: Leg, direction: CallSummary["direction"]): string {
  return leg === "caller" && direction === "outbound" ? "leg.callee" : `leg.${leg}`;
}

/** A leg's kind, for its side and colour: "agent-2" is an agent. */
export const roleOf = (leg: Leg): string => leg.replace(/-\d$/u, "");

/** Who sat on a leg at a moment of the call, as people would say it. */
export function partyAt(leg: Pick<CallLeg, "parties"> | undefined, at_ms: number): string | null {
  const party = leg?.parties.findLast((p) => p.since_ms <= at_ms) ?? leg?.parties[0];
  return party ? partyName(party) : null;
}

/** Who sits there now. The telephone system names the caller before anybody sits down. */
export function partyNow(call: Pick<CallView, "caller_number">, leg: Pick<CallLeg, "leg" | "parties">): string | null {
  const party = leg.parties.at(-1);
  return party ? partyName(party) : leg.leg === "caller" ? call.caller_number : null;
}

/** Everybody who sat there, in their order: a transfer can be read off it. */
export function partiesOf(call: Pick<CallView, "caller_number">, leg: Pick<CallLeg, "leg" | "parties">): string | null {
  const names = leg.parties.map(partyName).filter((name, n, all) => name !== null && name !== all[n - 1]);
  return names.length > 0 ? names.join(" → ") : partyNow(call, leg);
}

const partyName = ({ name, number }: Party): string | null => (name && number ? `${name} ${number}` : (name ?? number));
