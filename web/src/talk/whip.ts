/** Bring a call over WHIP (RFC 9725): one offer out, one answer back, a DELETE to leave. */

const PATH = "/whip";
const SDP = "application/sdp";
const PATIENCE_MS = 15_000;
export const CALL_ID_HEADER = "x-hotline-call-id";

export interface Admission {
  answer: string;
  callId: string | null;
  sessionUrl: string;
}

export class WhipRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function authorised(token: string | null): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** The ICE servers to use; also tells, before the microphone is asked for, whether we would be let in. */
export async function fetchIceServers(token: string | null): Promise<RTCIceServer[]> {
  const response = await fetch(PATH, {
    method: "OPTIONS",
    headers: authorised(token),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new WhipRefusal(response.status, response.statusText);
  return iceServersIn(response.headers.get("link"));
}

export async function offerCall(sdp: string, query: URLSearchParams, token: string | null): Promise<Admission> {
  const response = await fetch(`${PATH}?${query}`, {
    method: "POST",
    headers: { "content-type": SDP, ...authorised(token) },
    body: sdp,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const place = response.headers.get("location");
  if (response.status !== 201 || !place) throw new WhipRefusal(response.status, response.statusText);
  return {
    answer: await response.text(),
    callId: response.headers.get(CALL_ID_HEADER),
    sessionUrl: new URL(place, response.url).href,
  };
}

/** Outlives the page: closing the tab is a goodbye too. */
export async function leaveCall(sessionUrl: string, token: string | null): Promise<void> {
  try {
    await fetch(sessionUrl, { method: "DELETE", keepalive: true, headers: authorised(token) });
  } catch {
    return; // nobody there any more: then there is nobody to say goodbye to
  }
}

/** Read `Link: <stun:host>; rel="ice-server"; username="…"; credential="…"`, many of them in one header. */
export function iceServersIn(link: string | null): RTCIceServer[] {
  const servers: RTCIceServer[] = [];
  for (const [, urls, rest] of (link ?? "").matchAll(/<([^>]+)>((?:\s*;\s*[\w-]+="[^"]*")*)/gu)) {
    const said = Object.fromEntries([...(rest ?? "").matchAll(/([\w-]+)="([^"]*)"/gu)].map(([, name, value]) => [name, value]));
    if (urls && said.rel === "ice-server") servers.push({ urls, ...(said.username && { username: said.username, credential: said.credential }) });
  }
  return servers;
}
