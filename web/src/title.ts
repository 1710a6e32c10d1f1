/** Name the tab after what is on it, so that ten open tabs can be told apart. */
import { watchEffect } from "vue";
import type { Router } from "vue-router";

import { callName } from "@/desk/name";
import { useDesk } from "@/desk/store";
import { i18n } from "@/i18n";

const SCREENS: Record<string, string> = {
  desk: "app.desk",
  call: "app.desk",
  search: "app.search",
  talk: "app.talk",
  campaigns: "app.campaigns",
  campaign: "app.campaigns",
};

export function keepTitle(router: Router): void {
  const desk = useDesk();
  watchEffect(() => {
    const { name, params, query } = router.currentRoute.value;
    const { t } = i18n.global;
    const call = name === "call" ? desk.view(String(params.id)) : null;
    const words = name === "search" && typeof query.q === "string" ? query.q : "";
    const parts = [call ? callName(call) : words, t(SCREENS[String(name)] ?? "app.desk"), t("app.name")];
    document.title = parts.filter(Boolean).join(" · ");
  });
}
