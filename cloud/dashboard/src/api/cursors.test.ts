import { expect, it, vi } from "vitest";

import { Cursors } from "./cursors";

const LAST = 4;

function pages() {
  return vi.fn((cursor: string | null) => {
    const page = cursor === null ? 1 : Number(cursor);
    return Promise.resolve({ page, next: page < LAST ? String(page + 1) : null });
  });
}

it("goes to the next page by the cursor it was given", async () => {
  const [cursors, fetchAt] = [new Cursors(), pages()];
  expect((await cursors.at("routers", 1, fetchAt)).page).toBe(1);
  expect((await cursors.at("routers", 2, fetchAt)).page).toBe(2);
  expect((await cursors.at("routers", 1, fetchAt)).page).toBe(1);
  expect(fetchAt).toHaveBeenCalledTimes(3);
});

it("walks to a page it was sent to by a link, and stops at the last there is", async () => {
  expect((await new Cursors().at("routers", 3, pages())).page).toBe(3);
  expect((await new Cursors().at("routers", 9, pages())).page).toBe(LAST);
});

it("keeps lists apart", async () => {
  const [cursors, fetchAt] = [new Cursors(), pages()];
  await cursors.at("routers?online=true", 1, fetchAt);
  await cursors.at("routers?online=false", 2, fetchAt);
  expect(fetchAt.mock.calls).toEqual([[null], [null], ["2"]]);
});
