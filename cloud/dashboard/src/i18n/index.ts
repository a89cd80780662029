/**
 * Five languages. Texts lie in `<language>/<area>.json`, one file an area; English is complete, and a test holds that every
 * language has the same keys. English comes with the page, the others load when they are chosen.
 */
import polyglotI18nProvider from "ra-i18n-polyglot";
import raEnglish from "ra-language-english";
import type { I18nProvider, TranslationMessages } from "react-admin";

export const LANGUAGES = { en: "English", fr: "Français", es: "Español", pt: "Português", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;
export interface Messages {
  [key: string]: string | Messages;
}

const listeners = new Set<() => void>();
const KEPT_AS = "spotfi.language";
const english = import.meta.glob<Messages>("./en/*.json", { eager: true, import: "default" });
const others = {
  fr: () => import("./fr"),
  es: () => import("./es"),
  pt: () => import("./pt"),
  ar: () => import("./ar"),
};

/**
 * Every area's texts as one tree: `<area>.<key>`; `ra.json` is react-admin's own. What a file has below `resources` (names and
 * fields of its lists) goes to `resources`, where react-admin looks for it.
 */
export function treeOf(files: Record<string, Messages>): Messages {
  const tree: Messages = {};
  const resources: Messages = {};
  for (const [path, texts] of Object.entries(files)) {
    const { resources: ofArea, ...rest } = texts;
    tree[path.replace(/^.*\/|\.json$/g, "")] = rest;
    if (typeof ofArea === "object") Object.assign(resources, ofArea);
  }
  return { ...tree, resources };
}

const inEnglish: Messages = { ...treeOf(english), ra: raEnglish.ra as unknown as Messages };

function isLanguage(code: string | null | undefined): code is Language {
  return code !== null && code !== undefined && code in LANGUAGES;
}

/** The language last chosen, else the browser's, else English. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((each) => each.slice(0, 2)).find(isLanguage) ?? "en";
}

/** The language the page is in now, for `Intl`. */
export function language(): Language {
  const current = document.documentElement.lang;
  return isLanguage(current) ? current : "en";
}

export function directionOf(code: string): "ltr" | "rtl" {
  return code === "ar" ? "rtl" : "ltr";
}

function settle(code: Language): void {
  localStorage.setItem(KEPT_AS, code);
  document.documentElement.lang = code;
  document.documentElement.dir = directionOf(code);
  for (const each of listeners) each();
}

/** Calls `listener` whenever the language changed, until the answer is called; for React's useSyncExternalStore. */
export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function messagesOf(code: Language): Promise<Messages> {
  if (code === "en") return inEnglish;
  const texts = (await others[code]()).default;
  // Parts of react-admin that the dashboard does not show stay English.
  return { ...texts, ra: { ...(inEnglish.ra as Messages), ...(texts.ra as Messages) } };
}

/** react-admin's translations, beginning in the language chosen last. */
export async function makeI18nProvider(): Promise<I18nProvider> {
  const first = firstLanguage();
  const messages = { en: inEnglish, [first]: await messagesOf(first) };
  settle(first);
  const provider = polyglotI18nProvider(
    (code) => ((messages as Record<string, Messages>)[code] ?? messagesOf(code as Language)) as unknown as TranslationMessages,
    first,
    Object.entries(LANGUAGES).map(([locale, name]) => ({ locale, name })),
    { allowMissing: import.meta.env.PROD },
  );
  return {
    ...provider,
    changeLocale: async (code: string) => {
      if (!isLanguage(code)) return;
      settle(code);
      await provider.changeLocale(code);
    },
  };
}
