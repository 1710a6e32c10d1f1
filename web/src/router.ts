/** Give every screen an address that can be shared. */
import { createRouter, createWebHistory } from "vue-router";

import DeskPage from "@/desk/DeskPage.vue";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/", name: "desk", component: DeskPage },
    { path: "/calls/:id", name: "call", component: DeskPage },
    { path: "/search", name: "search", component: () => import("@/search/SearchPage.vue") },
    { path: "/talk", name: "talk", component: () => import("@/talk/TalkPage.vue") },
    { path: "/campaigns", name: "campaigns", component: () => import("@/campaigns/CampaignsPage.vue") },
    { path: "/campaigns/:id", name: "campaign", component: () => import("@/campaigns/CampaignPage.vue") },
    { path: "/:rest(.*)*", redirect: "/" },
  ],
});
