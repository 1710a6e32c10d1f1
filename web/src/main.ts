/** Put the desk on the page. */
import "element-plus/theme-chalk/base.css";
import "@/styles/tokens.css";
import "@/styles/ground.css";

import { createApp } from "vue";

import { useDesk } from "@/desk/store";
import { i18n } from "@/i18n";
import { router } from "@/router";
import { keepTitle } from "@/title";
import App from "@/App.vue";

createApp(App).use(i18n).use(router).mount("#app");
keepTitle(router);
void useDesk().start();
