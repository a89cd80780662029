import { expect, it } from "vitest";

import { eventParser, type StreamEvent } from "./events";

function parse(...pieces: string[]): StreamEvent[] {
  const heard: StreamEvent[] = [];
  const take = eventParser((event) => heard.push(event));
  pieces.forEach(take);
  return heard;
}

it("puts events together however they were cut", () => {
  const text = 'retry: 2000\n\nid: 7\nevent: router\ndata: {"a":\ndata: 1}\n\n: still here\n\n';
  const whole = parse(text);
  expect(whole).toEqual([{ id: "7", event: "router", data: '{"a":\n1}' }, { id: "7", event: "", data: "" }]);
  expect(parse(...Array.from(text))).toEqual(whole);
});

it("keeps the place that an event without data names", () => {
  expect(parse("id: 9\n\n")).toEqual([{ id: "9", event: "", data: "" }]);
});
