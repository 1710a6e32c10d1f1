/** Ask the server, and turn its refusals into errors a page can show. */
import { learnServerTime } from "@/clock";
import type {
  AcceptedCampaign,
  CallsPage,
  CallView,
  CampaignDetail,
  CampaignSummary,
  SearchPage,
  Standing,
} from "@/wire";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const PATIENCE_MS = 15_000;

async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS), ...init });
  learnServerTime(response.headers.get("date"));
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return new ApiError(response.status, error.code, error.message);
  } catch {
    return new ApiError(response.status, `http.${response.status}`, response.statusText);
  }
}

export const fetchCalls = (limit = 50) => ask<CallsPage>(`/api/calls?limit=${limit}`);

export const fetchCall = (callId: string) =>
  ask<CallView>(`/api/calls/${encodeURIComponent(callId)}`);

const wishPath = (callId: string) => `/wire/calls/${encodeURIComponent(callId)}`;

export const fetchStandings = async (callId: string) => (await ask<{ legs: Standing[] }>(`${wishPath(callId)}/legs`)).legs;

/** Wish something of a call in progress, such as `legs/caller/hold`; answers with the legs as they are then. */
export const wish = async (callId: string, what: string, body: object = {}) =>
  (
    await ask<{ legs: Standing[] }>(`${wishPath(callId)}/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
  ).legs;

export const searchTranscripts = (query: URLSearchParams) => ask<SearchPage>(`/api/search?${query}`);

export const fetchCampaigns = async () =>
  (await ask<{ campaigns: CampaignSummary[] }>("/api/campaigns")).campaigns;

export const fetchCampaign = (campaignId: string) =>
  ask<CampaignDetail>(`/api/campaigns/${encodeURIComponent(campaignId)}`);

export const startCampaign = (order: { script: string; contacts: string; line_url: string }) =>
  ask<AcceptedCampaign>("/api/campaigns", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order),
  });
