/** Read texts that carry both languages of the desk, as titles and matters do: "中文 · English", "中文 / English". */
import type { Locale } from "@/i18n";

const HALVES = /^(.+?) [·/] (.+)$/su;
const HAN = /\p{Script=Han}/u;

/** The reader's half, or the whole text where it is not such a pair. */
export function halfFor(text: string, locale: Locale): string {
  const [, chinese, english] = HALVES.exec(text) ?? [];
  if (!chinese || !english || !HAN.test(chinese) || HAN.test(english)) return text;
  return locale === "zh-CN" ? chinese : english;
}
