import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { backoffMs, keepConnected } from "@/desk/connection";

class FakeSocket {
  static made: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(readonly address: string) {
    FakeSocket.made.push(this);
  }
  close(): void {
    this.onclose?.();
  }
}

const newest = () => FakeSocket.made.at(-1)!;

describe("the desk's connection", () => {
  beforeEach(() => {
    FakeSocket.made = [];
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", FakeSocket);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("comes back by itself and resumes after the last position", () => {
    const states: string[] = [];
    let position = 3;
    keepConnected({ address: () => `ws://x?after=${position}`, hear: () => {}, tell: (s) => states.push(s) });
    newest().onopen?.();
    position = 8;

    newest().onclose?.();
    vi.advanceTimersByTime(600);
    newest().onopen?.();

    expect(FakeSocket.made.map((s) => s.address)).toEqual(["ws://x?after=3", "ws://x?after=8"]);
    expect(states).toEqual(["live", "reconnecting", "live"]);
  });

  it("takes a long silence for a lost connection", () => {
    const states: string[] = [];
    keepConnected({ address: () => "ws://x", hear: () => {}, tell: (s) => states.push(s) });
    newest().onopen?.();

    vi.advanceTimersByTime(26_000);

    expect(states.at(-1)).toBe("reconnecting");
  });

  it("stays closed once closed", () => {
    const connection = keepConnected({ address: () => "ws://x", hear: () => {}, tell: () => {} });

    connection.close();
    vi.advanceTimersByTime(60_000);

    expect(FakeSocket.made).toHaveLength(1);
  });

  it("waits longer after each failure, but never longer than eight seconds", () => {
    expect(backoffMs(0, 1)).toBe(500);
    expect(backoffMs(2, 1)).toBe(2000);
    expect(backoffMs(30, 1)).toBe(8000);
  });
});
