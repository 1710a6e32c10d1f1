/** Be a telephone: take the microphone, call over WHIP, and tell how it goes. */
import { onBeforeUnmount, reactive, readonly } from "vue";

import { eased, type Meter, meter } from "@/talk/level";
import { microphoneTrouble, serverTrouble, type Trouble } from "@/talk/trouble";
import { type Admission, fetchIceServers, leaveCall, offerCall } from "@/talk/whip";

export type PhoneState = "idle" | "asking" | "calling" | "talking" | "over";

const TOKEN_KEPT_AS = "openhotline.whip-token";
/** Addresses that a STUN or TURN server would still find after this are not worth the wait. */
const GATHER_MS = 1_500;
const CONNECT_MS = 12_000;
const QUIET_LEVEL = 0.12;
const QUIET_MS = 5_000;
const GOODBYE = /^bye (\w+)$/u;

const SILENT = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

interface Now {
  state: PhoneState;
  trouble: Trouble | null;
  /** Why the server ended the call, if it did. */
  endReason: string | null;
  callId: string | null;
  isMuted: boolean;
  /** The network is away for the moment; the browser goes on trying. */
  isShaky: boolean;
  isTooQuiet: boolean;
  level: number;
  talkingSince: number | null;
  keys: string;
}

const AT_REST: Now = {
  state: "idle",
  trouble: null,
  endReason: null,
  callId: null,
  isMuted: false,
  isShaky: false,
  isTooQuiet: false,
  level: 0,
  talkingSince: null,
  keys: "",
};

export function usePhone(query: () => URLSearchParams) {
  const now = reactive<Now>({ ...AT_REST });
  const ear = new Audio();
  ear.autoplay = true;
  let microphone: MediaStream | null = null;
  let needle: Meter | null = null;
  let wire: RTCPeerConnection | null = null;
  let keys: RTCDataChannel | null = null;
  let session: Admission | null = null;
  let loudAt = 0;
  let patience: ReturnType<typeof setTimeout> | undefined;

  const token = () => sessionStorage.getItem(TOKEN_KEPT_AS);

  function useToken(words: string): void {
    sessionStorage.setItem(TOKEN_KEPT_AS, words);
  }

  async function call(): Promise<void> {
    if (now.state !== "idle" && now.state !== "over") return;
    Object.assign(now, AT_REST, { state: "asking" });
    if (!window.isSecureContext || !navigator.mediaDevices) return fail("insecure");
    let iceServers: RTCIceServer[];
    try {
      iceServers = await fetchIceServers(token());
    } catch (error) {
      return fail(serverTrouble(error));
    }
    try {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: SILENT });
    } catch (error) {
      return fail(microphoneTrouble(error));
    }
    watchMicrophone(microphone);
    now.state = "calling";
    try {
      await connect(microphone, iceServers);
    } catch (error) {
      fail(serverTrouble(error));
    }
  }

  function watchMicrophone(stream: MediaStream): void {
    loudAt = Date.now();
    needle = meter(stream, (level) => {
      now.level = eased(now.level, now.isMuted ? 0 : level);
      if (level > QUIET_LEVEL || now.isMuted) loudAt = Date.now();
      now.isTooQuiet = now.state === "talking" && Date.now() - loudAt > QUIET_MS;
    });
    stream.getAudioTracks()[0]?.addEventListener("ended", () => fail("noMicrophone"));
  }

  async function connect(stream: MediaStream, iceServers: RTCIceServer[]): Promise<void> {
    const mine = new RTCPeerConnection({ iceServers });
    wire = mine;
    mine.ontrack = (event) => {
      ear.srcObject = new MediaStream([event.track]);
    };
    mine.onconnectionstatechange = () => mine === wire && follow(mine.connectionState);
    for (const track of stream.getAudioTracks()) mine.addTransceiver(track, { direction: "sendrecv", streams: [stream] });
    keys = mine.createDataChannel("keys");
    keys.onmessage = (event: MessageEvent<unknown>) => hearGoodbye(event.data);
    keys.onclose = () => mine === wire && now.state === "talking" && hangUpAs("lost");
    await mine.setLocalDescription();
    await gathered(mine);
    const admission = await offerCall(mine.localDescription?.sdp ?? "", query(), token());
    if (mine !== wire) return void leaveCall(admission.sessionUrl, token());
    session = admission;
    now.callId = admission.callId;
    patience = setTimeout(() => now.state === "calling" && hangUpAs("noPath"), CONNECT_MS);
    await mine.setRemoteDescription({ type: "answer", sdp: admission.answer });
  }

  function follow(state: RTCPeerConnectionState): void {
    now.isShaky = state === "disconnected";
    if (state === "connected" && now.state === "calling") {
      loudAt = Date.now();
      now.state = "talking";
      now.talkingSince = Date.now();
    }
    if (state === "failed" || state === "closed") hangUpAs(now.state === "calling" ? "noPath" : "lost");
  }

  function hearGoodbye(words: unknown): void {
    const reason = typeof words === "string" ? GOODBYE.exec(words)?.[1] : undefined;
    if (!reason) return;
    session = null;
    now.endReason = reason;
    hangUp();
  }

  function hangUpAs(trouble: Trouble): void {
    now.trouble = trouble;
    hangUp();
  }

  function hangUp(): void {
    release();
    now.state = "over";
  }

  function fail(trouble: Trouble): void {
    release();
    now.trouble = trouble;
    now.state = now.callId ? "over" : "idle";
  }

  function release(): void {
    clearTimeout(patience);
    if (session) void leaveCall(session.sessionUrl, token());
    session = null;
    needle?.close();
    microphone?.getTracks().forEach((track) => track.stop());
    const old = wire;
    wire = keys = microphone = needle = null;
    old?.close();
    ear.srcObject = null;
    Object.assign(now, { level: 0, isTooQuiet: false, isShaky: false, isMuted: false });
  }

  function mute(): void {
    setMuted(!now.isMuted);
  }

  function setMuted(isMuted: boolean): void {
    now.isMuted = isMuted;
    microphone?.getAudioTracks().forEach((track) => (track.enabled = !now.isMuted));
  }

  function press(key: string): void {
    if (keys?.readyState !== "open") return;
    keys.send(key);
    now.keys = (now.keys + key).slice(-24);
  }

  addEventListener("pagehide", release);
  onBeforeUnmount(() => {
    removeEventListener("pagehide", release);
    release();
  });

  return { now: readonly(now), call, hangUp, mute, press, setMuted, useToken };
}

/** Our addresses are all known, or long enough was waited for them: the answer cannot be added to (RFC 9725 4.3). */
async function gathered(wire: RTCPeerConnection): Promise<void> {
  if (wire.iceGatheringState === "complete") return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS);
    wire.addEventListener("icegatheringstatechange", () => {
      if (wire.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}
