/** Stay connected to the desk socket: back off, watch for silence, resume where we were. */
import type { DeskMessage } from "@/wire";

export type ConnectionState = "connecting" | "live" | "reconnecting";

export interface Connection {
  close(): void;
}

interface Wishes {
  /** Asked anew for every attempt, so that it can carry the last position seen. */
  address: () => string;
  hear: (message: DeskMessage) => void;
  tell: (state: ConnectionState) => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** The server's heart beats every 10 s: after two missed beats nobody is there. */
const SILENCE_MS = 25_000;

export function backoffMs(failures: number, dice = Math.random()): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  return ceiling / 2 + (ceiling / 2) * dice;
}

export function keepConnected({ address, hear, tell }: Wishes): Connection {
  let socket: WebSocket | null = null;
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  function connect(): void {
    const mine = new WebSocket(address());
    socket = mine;
    expectSound(mine);
    mine.onopen = () => {
      failures = 0;
      tell("live");
    };
    mine.onmessage = (event: MessageEvent<string>) => {
      expectSound(mine);
      hear(JSON.parse(event.data) as DeskMessage);
    };
    mine.onclose = () => lost(mine);
  }

  function expectSound(mine: WebSocket): void {
    clearTimeout(silence);
    silence = setTimeout(() => {
      mine.close();
      lost(mine);
    }, SILENCE_MS);
  }

  function lost(mine: WebSocket): void {
    if (isClosed || socket !== mine) return;
    socket = null;
    clearTimeout(silence);
    tell("reconnecting");
    retry = setTimeout(connect, backoffMs(failures++));
  }

  connect();
  return {
    close() {
      isClosed = true;
      clearTimeout(retry);
      clearTimeout(silence);
      socket?.close();
    },
  };
}
