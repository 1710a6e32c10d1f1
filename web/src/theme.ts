/** Wear day or night colours: as the system does, unless somebody chose. */
import { computed, ref } from "vue";

export type Theme = "auto" | "light" | "dark";

const KEPT_AS = "openhotline.theme";
const ORDER: Theme[] = ["auto", "light", "dark"];
const night = matchMedia("(prefers-color-scheme: dark)");

const kept = localStorage.getItem(KEPT_AS) as Theme | null;
const systemIsDark = ref(night.matches);
export const theme = ref<Theme>(kept && ORDER.includes(kept) ? kept : "auto");
export const isDark = computed(() =>
  theme.value === "auto" ? systemIsDark.value : theme.value === "dark",
);

const wear = () => document.documentElement.classList.toggle("dark", isDark.value);

night.addEventListener("change", (event) => {
  systemIsDark.value = event.matches;
  wear();
});
wear();

export function nextTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] as Theme;
  localStorage.setItem(KEPT_AS, theme.value);
  wear();
}
