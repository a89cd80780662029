/** Which region's habits figures and times follow. Pure. */

/**
 * The page's language as the viewer's browser has it: "en" for whoever reads "en-GB" is "en-GB", with its 24 hours, and "en-US" keeps
 * its 12. Where the browser names no region for the language, it is the bare language, and its times have 24 hours: without a region,
 * Intl takes "en" for American, which most who set plain English are not.
 */
export function localeFor(language: string, preferred: readonly string[]): string {
  const regional = preferred.find((each) => each.toLowerCase().startsWith(`${language}-`) && hasRegion(each));
  return regional ?? `${language}-u-hc-h23`;
}

function hasRegion(tag: string): boolean {
  try {
    return new Intl.Locale(tag).region !== undefined;
  } catch {
    return false;
  }
}
