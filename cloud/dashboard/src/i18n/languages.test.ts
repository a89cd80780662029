/** Every language says everything: same files, same keys, same placeholders as English. */
import raEnglish from "ra-language-english";
import { describe, expect, it } from "vitest";

import type { Messages } from "./index";

const files = import.meta.glob<Messages>("./*/*.json", { eager: true, import: "default" });
const LANGUAGES = ["fr", "es", "pt", "ar"];
const AREAS = Object.keys(files).flatMap((path) => /^\.\/en\/(.*)\.json$/.exec(path)?.[1] ?? []);

function textsOf(messages: Messages, prefix = ""): Map<string, string> {
  const found = Object.entries(messages).flatMap(([key, value]): [string, string][] =>
    typeof value === "string" ? [[prefix + key, value]] : [...textsOf(value, `${prefix}${key}.`)],
  );
  return new Map(found);
}

function placeholders(text: string): string[] {
  return [...new Set(text.match(/%\{\w+\}/g))].sort();
}

/** Parts of react-admin that the dashboard does not show; they stay English. */
const UNUSED = ["configurable", "guesser", "input", "saved_queries"];

function english(area: string): Map<string, string> {
  if (area !== "ra") return textsOf(files[`./en/${area}.json`] ?? {});
  return textsOf(Object.fromEntries(Object.entries(raEnglish.ra as unknown as Messages).filter(([part]) => !UNUSED.includes(part))));
}

describe.each(LANGUAGES)("%s", (language) => {
  it.each([...AREAS, "ra"])("says all of %s", (area) => {
    const wanted = english(area);
    const said = textsOf(files[`./${language}/${area}.json`] ?? {});
    expect([...said.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [key, text] of wanted) {
      expect(placeholders(said.get(key) ?? ""), `${language} ${area}.${key}`).toEqual(placeholders(text));
    }
  });
});
