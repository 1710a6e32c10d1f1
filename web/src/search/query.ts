/** Keep the search in the address, so that a hit can be sent to a colleague. */
import type { LocationQuery, LocationQueryRaw } from "vue-router";

export interface Query {
  q: string;
  language: string;
  leg: string;
  from: string;
  to: string;
}

const NAMES = ["q", "language", "leg", "from", "to"] as const;

export function queryFrom(address: LocationQuery): Query {
  const one = (name: string) => (typeof address[name] === "string" ? address[name] : "");
  return { q: one("q"), language: one("language"), leg: one("leg"), from: one("from"), to: one("to") };
}

export function addressOf(query: Query): LocationQueryRaw {
  return Object.fromEntries(NAMES.filter((n) => query[n].trim() !== "").map((n) => [n, query[n].trim()]));
}

export function paramsOf(query: Query, offset: number, limit: number): URLSearchParams {
  const params = new URLSearchParams(addressOf(query) as Record<string, string>);
  params.set("limit", String(limit));
  params.set("offset", String(offset));
  return params;
}

export const isEmpty = (query: Query): boolean => query.q.trim() === "";
