/** Time zones, currencies and languages to choose from, as the browser knows them, named in the page's language. */
import { LANGUAGES, language } from "../i18n";

export interface Choice {
  id: string;
  name: string;
}

export function timezoneChoices(): Choice[] {
  // Browsers leave UTC out.
  return ["UTC", ...Intl.supportedValuesOf("timeZone")].map((id) => ({ id, name: id.replaceAll("_", " ") }));
}

export function currencyChoices(): Choice[] {
  const names = new Intl.DisplayNames(language(), { type: "currency" });
  return Intl.supportedValuesOf("currency").map((id) => ({ id, name: `${id} – ${names.of(id) ?? id}` }));
}

export function languageChoices(): Choice[] {
  return Object.entries(LANGUAGES).map(([id, name]) => ({ id, name }));
}

/** The time zone this browser is in. */
export function ownTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
