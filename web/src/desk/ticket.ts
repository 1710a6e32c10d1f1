/** Put a ticket draft into the words of the agent who reads it: pure. */
import { halfFor } from "@/bilingual";
import { languageName } from "@/format";
import type { Locale } from "@/i18n";
import type { Evidence, TicketDraft } from "@/wire";

export type Field = TicketDraft["fields"][number];

/** The code of a matter is for machines: people find it where they point at the matter. */
const CODE = "topic";

export const shownFields = (draft: TicketDraft): Field[] => draft.fields.filter((f) => f.name !== CODE);

export const codeOf = (draft: TicketDraft): string | null => draft.fields.find((f) => f.name === CODE)?.value ?? null;

export function fieldWords(field: Field, locale: Locale, urgencyName: (name: string) => string): string {
  if (field.name === "urgency") return urgencyName(field.value);
  if (field.name === "language") return languageName(field.value, locale);
  if (field.name === "other_matters") return field.value.split(";").map((matter) => halfFor(matter, locale)).join("\n");
  return halfFor(field.value, locale);
}

/** Words that stand in the value already, or that only lent their language, need not be read twice. */
export function tellsMore(field: Field, evidence: Evidence): boolean {
  return field.name !== "language" && !field.value.includes(evidence.quote.trim());
}

const HEAD = 8;
const TAIL = 4;

/** Enough of a long id to tell two apart; the whole one is in the tooltip. */
export const shortId = (id: string): string => (id.length > HEAD + TAIL + 4 ? `${id.slice(0, HEAD)}…${id.slice(-TAIL)}` : id);
