/** Hold the one desk of this browser: first a snapshot, then the socket, for as long as the page lives. */
import { computed, reactive, readonly, ref, shallowRef } from "vue";

import { ApiError, fetchCall, fetchCalls } from "@/api";
import { type Connection, type ConnectionState, backoffMs, keepConnected } from "@/desk/connection";
import { type DeskState, EMPTY, fold, withCalls, withView, withoutView } from "@/desk/fold";
import type { DeskMessage } from "@/wire";

export type Trouble = "missing" | "unreachable";

/** Partials arrive many times a second: the page is redrawn at most this often. */
const REDRAW_MS = 40;
const VIEWS_KEPT = 6;
/** Latency figures and recordings settle shortly after the last fact of a call. */
const SETTLE_MS = 1_500;

const state = shallowRef<DeskState>(EMPTY);
const connection = ref<ConnectionState>("connecting");
const hasSnapshot = ref(false);
const troubles = reactive<Record<string, Trouble>>({});
/** Calls being fetched, with what the socket said about them meanwhile. */
const fetching = new Map<string, DeskMessage[]>();
const opened: string[] = [];

let unread: DeskMessage[] = [];
let redraw: ReturnType<typeof setTimeout> | undefined;
let socket: Connection | undefined;
let isStarted = false;

async function start(): Promise<void> {
  if (isStarted) return;
  isStarted = true;
  for (let failures = 0; !hasSnapshot.value; failures++) {
    try {
      const { calls, position } = await fetchCalls();
      state.value = withCalls(state.value, calls, position);
      hasSnapshot.value = true;
    } catch {
      connection.value = "reconnecting";
      await new Promise((resume) => setTimeout(resume, backoffMs(failures)));
    }
  }
  socket = keepConnected({ address: socketAddress, hear, tell });
}

function tell(now: ConnectionState): void {
  connection.value = now;
  if (now === "live") for (const callId of opened) if (!state.value.views[callId]) void fetchView(callId);
}

function socketAddress(): string {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/api/desk?after=${state.value.position}`;
}

function hear(message: DeskMessage): void {
  if (message.type === "heartbeat" && isFromAnotherLog(message.position)) return startOver();
  unread.push(message);
  redraw ??= setTimeout(digest, REDRAW_MS);
}

function digest(): void {
  redraw = undefined;
  const messages = unread;
  unread = [];
  for (const message of messages) if (message.call_id) fetching.get(message.call_id)?.push(message);
  const before = state.value;
  state.value = messages.reduce(fold, before);
  for (const callId of Object.keys(state.value.views)) {
    const hasJustEnded =
      before.views[callId]?.state === "live" && state.value.views[callId]?.state === "ended";
    if (hasJustEnded) setTimeout(() => void fetchView(callId), SETTLE_MS);
  }
}

/** A server whose log is shorter than what we saw has begun anew: nothing we hold is true there. */
function isFromAnotherLog(position: number | null): boolean {
  return position !== null && position < state.value.position;
}

function startOver(): void {
  socket?.close();
  unread = [];
  state.value = EMPTY;
  hasSnapshot.value = false;
  isStarted = false;
  void start().then(() => opened.forEach((callId) => void fetchView(callId)));
}

function openCall(callId: string): void {
  const place = opened.indexOf(callId);
  if (place >= 0) opened.splice(place, 1);
  opened.push(callId);
  while (opened.length > VIEWS_KEPT) state.value = withoutView(state.value, opened.shift() as string);
  if (!state.value.views[callId]) void fetchView(callId);
}

async function fetchView(callId: string): Promise<void> {
  if (fetching.has(callId)) return;
  fetching.set(callId, []);
  delete troubles[callId];
  try {
    const view = await fetchCall(callId);
    state.value = (fetching.get(callId) ?? []).reduce(fold, withView(state.value, view));
  } catch (error) {
    if (!state.value.views[callId])
      troubles[callId] =
        error instanceof ApiError && error.status === 404 ? "missing" : "unreachable";
  } finally {
    fetching.delete(callId);
  }
}

const calls = computed(() =>
  Object.values(state.value.calls).sort(
    (a, b) =>
      Number(b.state === "live") - Number(a.state === "live") ||
      b.started_at.localeCompare(a.started_at),
  ),
);

export function useDesk() {
  return {
    calls,
    connection: readonly(connection),
    hasSnapshot: readonly(hasSnapshot),
    view: (callId: string) => state.value.views[callId] ?? null,
    trouble: (callId: string) => troubles[callId] ?? null,
    campaignNews: (campaignId: string) => state.value.campaigns[campaignId] ?? 0,
    anyCampaignNews: () => state.value.campaigns,
    openCall,
    start,
  };
}
