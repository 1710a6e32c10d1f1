/** Name what somebody speaks: one language, two that they mix, or none that anybody could tell. */
import { languageName } from "@/format";
import type { LanguageGuess } from "@/wire";

/** A server of an earlier version says nothing about mixing. */
type Heard = Pick<LanguageGuess, "language"> & Partial<Pick<LanguageGuess, "mixed">>;

/** Language tags. What was decided outweighs a mixture that it is no part of (Cantonese is not Mandarin with English). */
export function tonguesOf({ language, mixed = [] }: Heard): string[] {
  if (mixed.length > 1 && (language === null || mixed.includes(language))) return mixed;
  return language === null ? [] : [language];
}

/** "Chinese + English"; empty when nobody could tell. */
export function tongueNames(tongues: string[], locale: string): string {
  return tongues.map((tag) => languageName(tag, locale)).join(" + ");
}
