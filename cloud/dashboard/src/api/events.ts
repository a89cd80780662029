/** Server-sent events with a login: `EventSource` cannot carry one. Takes a stream up again where it broke. */
import { authorizedFetch } from "./client";
import { ApiProblem } from "./problems";

export interface StreamEvent {
  id: string | null;
  event: string;
  data: string;
}
export interface StreamOptions {
  /** Whether the stream is open now: what is shown may be old while it is not. */
  onOpen?: (open: boolean) => void;
  /** Whether the stream has said all it will; asked at each event. */
  isLast?: (event: StreamEvent) => boolean;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Parses the stream's text (WHATWG, server-sent events): call with each piece as it comes. */
export function eventParser(onEvent: (event: StreamEvent) => void): (piece: string) => void {
  let rest = "";
  let data: string[] = [];
  let event = "message";
  let id: string | null = null;
  const take = (line: string): void => {
    if (line === "") {
      if (data.length > 0 || event !== "message") onEvent({ id, event, data: data.join("\n") });
      else if (id !== null) onEvent({ id, event: "", data: "" });
      [data, event] = [[], "message"];
      return;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === "data") data.push(value ?? "");
    else if (field === "event") event = value ?? "message";
    else if (field === "id") id = value ?? null;
  };
  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n/);
    rest = lines.pop() ?? "";
    lines.forEach(take);
  };
}

/** Follow a stream until the answer is called. Quiet while the page is hidden, so that a forgotten tab costs nothing. */
export function follow(path: string, onEvent: (event: StreamEvent) => void, options: StreamOptions = {}): () => void {
  const end = new AbortController();
  void keepFollowing(path, onEvent, options, end.signal);
  return () => end.abort();
}

async function keepFollowing(
  path: string,
  onEvent: (event: StreamEvent) => void,
  options: StreamOptions,
  ended: AbortSignal,
): Promise<void> {
  let lastId: string | null = null;
  let pauseMs = FIRST_PAUSE_MS;
  let finished = false;
  const heard = (event: StreamEvent): void => {
    pauseMs = FIRST_PAUSE_MS;
    lastId = event.id ?? lastId;
    if (event.event === "") return;
    finished ||= options.isLast?.(event) ?? false;
    onEvent(event);
  };
  const goesOn = (): boolean => !finished && !ended.aborted;
  while (goesOn()) {
    await whenVisible(ended);
    if (ended.aborted) return;
    try {
      await readOnce(path, lastId, heard, options, ended);
    } catch (error) {
      if (error instanceof ApiProblem && error.status >= 400 && error.status < 500) return;
    }
    options.onOpen?.(false);
    if (goesOn()) await pause(pauseMs, ended);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function readOnce(
  path: string,
  lastId: string | null,
  heard: (event: StreamEvent) => void,
  options: StreamOptions,
  ended: AbortSignal,
): Promise<void> {
  const hidden = new AbortController();
  const onVisibility = (): void => {
    if (document.hidden) hidden.abort();
  };
  document.addEventListener("visibilitychange", onVisibility);
  try {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (lastId !== null) headers["Last-Event-ID"] = lastId;
    const signal = AbortSignal.any([ended, hidden.signal]);
    const response = await authorizedFetch(new Request(new URL(path, location.origin), { headers, signal }));
    options.onOpen?.(true);
    const parse = eventParser(heard);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) parse(part.value);
  } finally {
    document.removeEventListener("visibilitychange", onVisibility);
  }
}

function whenVisible(ended: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.hidden && !ended.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    ended.addEventListener("abort", look, { once: true });
  });
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    ended.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
