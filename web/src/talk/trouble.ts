/** Name what can go wrong before and during a call from this page, so that it can be said in words. */
import { WhipRefusal } from "@/talk/whip";

export type Trouble =
  | "insecure"
  | "refused"
  | "noMicrophone"
  | "busyMicrophone"
  | "token"
  | "full"
  | "closed"
  | "notTaken"
  | "unreachable"
  | "noPath"
  | "lost";

const BY_MICROPHONE: Record<string, Trouble> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "noMicrophone",
  OverconstrainedError: "noMicrophone",
  NotReadableError: "busyMicrophone",
  AbortError: "busyMicrophone",
};

const BY_STATUS: Record<number, Trouble> = {
  401: "token",
  403: "closed",
  404: "closed",
  405: "closed",
  503: "full",
};

export const microphoneTrouble = (error: unknown): Trouble =>
  BY_MICROPHONE[error instanceof Error ? error.name : ""] ?? "noMicrophone";

export const serverTrouble = (error: unknown): Trouble =>
  error instanceof WhipRefusal ? (BY_STATUS[error.status] ?? "notTaken") : "unreachable";
