/** Speak Chinese or English, and remember which. */
import { computed } from "vue";
import { createI18n } from "vue-i18n";

import en from "@/locales/en";
import zhCN from "@/locales/zh-CN";

export type Locale = "zh-CN" | "en";

const KEPT_AS = "openhotline.locale";

function firstLocale(): Locale {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === "zh-CN" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export const i18n = createI18n({
  legacy: false,
  locale: firstLocale(),
  fallbackLocale: "en",
  missingWarn: false,
  fallbackWarn: false,
  messages: { "zh-CN": zhCN, en },
});

document.documentElement.lang = i18n.global.locale.value;

export const locale = computed(() => i18n.global.locale.value as Locale);

export function switchLocale(): void {
  const next: Locale = locale.value === "en" ? "zh-CN" : "en";
  i18n.global.locale.value = next;
  localStorage.setItem(KEPT_AS, next);
  document.documentElement.lang = next;
}

/** A name the server may invent at any time: said in words where we know them, else as it came. */
export function known(group: string, name: string): string {
  const key = `${group}.${name}`;
  return i18n.global.te(key) || i18n.global.te(key, "en") ? i18n.global.t(key) : name;
}

export const pickText = (zh: string | null, english: string | null): string | null =>
  locale.value === "zh-CN" ? (zh ?? english) : (english ?? zh);
