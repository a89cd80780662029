/** Numbered pages over an API that knows only `next`: remembers where each page begins, and walks where it does not know. */

interface Found {
  next: string | null;
}
/** Lists whose pages are remembered; the oldest is forgotten. */
const MOST_LISTS = 50;

export class Cursors {
  /** By list: the cursor of each page, the first page's being null. */
  readonly #starts = new Map<string, (string | null)[]>();

  /** Page `page` (from 1) of `list`; `fetchAt` fetches the page a cursor stands for. Past the end: the last page there is. */
  async at<T extends Found>(list: string, page: number, fetchAt: (cursor: string | null) => Promise<T>): Promise<T> {
    // The first page begins anew: rows may have come since, and cursors with them.
    const starts = page === 1 ? [null] : (this.#starts.get(list) ?? [null]);
    let at = Math.min(page, starts.length);
    let found = await fetchAt(starts[at - 1] ?? null);
    while (at < page && found.next !== null) {
      starts[at] = found.next;
      at += 1;
      found = await fetchAt(found.next);
    }
    if (found.next !== null) starts[at] = found.next;
    this.#remember(list, starts);
    return found;
  }

  #remember(list: string, starts: (string | null)[]): void {
    this.#starts.delete(list);
    this.#starts.set(list, starts);
    const oldest = this.#starts.keys().next();
    if (this.#starts.size > MOST_LISTS && !oldest.done) this.#starts.delete(oldest.value);
  }
}
