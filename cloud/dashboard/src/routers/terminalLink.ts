/** One terminal on a router: ticket, WebSocket and frames, as docs/API.md has them ("A terminal on a router"). */
import { api, bodyOf } from "../api/client";

/** Why it is over: the API's word for it, null where the shell ended by itself, and its status or the API's sentence. */
export interface Over {
  reason: string | null;
  message: string;
}
export interface Size {
  cols: number;
  rows: number;
}
interface Events {
  opened: () => void;
  shown: (bytes: Uint8Array) => void;
  over: (why: Over) => void;
}
export interface TerminalLink {
  type: (text: string) => void;
  /** Bytes as xterm gives them: one character each. */
  typeBytes: (text: string) => void;
  resize: (size: Size) => void;
  close: () => void;
}
type Told = { type: "opened" } | { type: "exit"; status: number | null } | { type: "error"; reason: string; message: string };

const PROTOCOL = "spotfi.terminal.v1";
const LOST: Over = { reason: "link_lost", message: "" };

/** What a text frame of the server means for the page; null where nothing is over. */
export function overOf(frame: string): Over | null {
  const told = JSON.parse(frame) as Told;
  if (told.type === "opened") return null;
  return told.type === "exit" ? { reason: null, message: String(told.status ?? "–") } : { reason: told.reason, message: told.message };
}

function addressOf(routerId: string, { cols, rows }: Size): string {
  const url = new URL(`/api/v1/routers/${routerId}/terminal`, location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  url.search = `?columns=${cols}&rows=${rows}`;
  return url.href;
}

/** Open a terminal. ApiProblem where no ticket is given: `router_offline`, `forbidden`. */
export async function openTerminal(routerId: string, size: Size, events: Events): Promise<TerminalLink> {
  const params = { path: { router_id: routerId } };
  const { ticket } = await bodyOf(api.POST("/api/v1/routers/{router_id}/terminals", { params }));
  const socket = new WebSocket(addressOf(routerId, size), [PROTOCOL, `ticket.${ticket}`]);
  socket.binaryType = "arraybuffer";
  const encoder = new TextEncoder();
  let isOver = false;
  const end = (why: Over) => {
    if (!isOver) events.over(why);
    isOver = true;
  };
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data !== "string") {
      events.shown(new Uint8Array(data));
      return;
    }
    const why = overOf(data);
    if (why === null) events.opened();
    else end(why);
  };
  socket.onclose = () => end(LOST);
  const send = (data: string | Uint8Array<ArrayBuffer>) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  };
  return {
    type: (text) => send(encoder.encode(text)),
    typeBytes: (text) => send(Uint8Array.from(text, (each) => each.charCodeAt(0))),
    resize: ({ cols, rows }) => send(JSON.stringify({ type: "resize", columns: cols, rows })),
    close: () => {
      isOver = true;
      socket.close();
    },
  };
}
