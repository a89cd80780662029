/** Which alerts a list shows, as filters of the API. Pure. */

export const OPEN = { open: "true" };
export const CHOICES = { open: OPEN, unseen: { state: "raised" }, past: { state: "cleared" }, all: {} } as const;
export type Choice = keyof typeof CHOICES;

/** Which of the choices the filters say. */
export function choiceOf(filter: Record<string, unknown>): Choice {
  if (filter.state === "cleared") return "past";
  if (filter.state === "raised") return "unseen";
  return filter.open === "true" || filter.open === true ? "open" : "all";
}
