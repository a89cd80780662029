/** Where styles go: one place for each direction of reading; the right-to-left one mirrors every rule (stylis-plugin-rtl). */
import createCache, { type EmotionCache } from "@emotion/cache";
import { prefixer } from "stylis";
import rtlPlugin from "stylis-plugin-rtl";

const caches = {
  ltr: createCache({ key: "ltr" }),
  rtl: createCache({ key: "rtl", stylisPlugins: [prefixer, rtlPlugin] }),
};

export function styleCache(direction: "ltr" | "rtl"): EmotionCache {
  return caches[direction];
}
