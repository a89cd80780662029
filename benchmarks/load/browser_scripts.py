"""What the dashboard's benchmark runs inside the page."""

UNTIL_SHOWN = """selector => new Promise(resolve => {
  const look = () => document.querySelector(selector) ? resolve(performance.now()) : requestAnimationFrame(look);
  look();
})"""
"""Milliseconds since the navigation began when the first element of a selector is there."""

CHANGE_OF_ROWS = """([selector, text]) => new Promise(resolve => {
  const rows = () => document.querySelector("tbody")?.innerText;
  const before = rows(), target = document.querySelector(selector);
  const began = performance.now();
  if (text === null) target.click();
  else {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(target, text);
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const look = () => {
    const now = rows();
    if (now && now !== before && (text === null || now.includes(text))) resolve(performance.now() - began);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""
"""Milliseconds from a click on an element, or from typing into it, to other rows in the frame that is drawn next."""

AGES_OF_SAMPLES = """
window.agesOfSamples = [];
const parse = JSON.parse;
let last = "";
JSON.parse = (...given) => {
  const value = parse(...given);
  const at = value?.latest_sample?.taken_at;
  if (at && at > last && document.querySelector("canvas")) {
    last = at;
    const seen = new MutationObserver(() => {
      seen.disconnect();
      requestAnimationFrame(() => window.agesOfSamples.push(Date.now() - Date.parse(at)));
    });
    seen.observe(document.querySelector("#main-content"), { subtree: true, childList: true, characterData: true });
  }
  return value;
};
"""
"""Keeps, for each sample that is read, how old it is when the frame that shows it is drawn."""

QUICK_DAY = """
window.samplesGiven = 0;
const EVERY_MS = 25;
const fetched = window.fetch;
const spoken = (give) => new Response(new ReadableStream({
  start(to) {
    const write = (data) => to.enqueue(new TextEncoder().encode(`event: router\\ndata: ${JSON.stringify(data)}\\n\\n`));
    this.timer = setInterval(() => give(write), EVERY_MS);
  },
  cancel() { clearInterval(this.timer); },
}), { headers: { "Content-Type": "text/event-stream" } });
window.fetch = async (request, options) => {
  const url = new URL(request.url ?? request, location.origin).pathname;
  if (!url.endsWith("/live/stream")) return fetched(request, options);
  const real = await (await fetched(new Request(url.replace("/live/stream", ""), { headers: request.headers }))).json();
  const began = Date.now();
  return spoken((write) => {
    const n = ++window.samplesGiven;
    const taken = new Date(began + n * 1000).toISOString();
    const sample = { ...real.latest_sample, taken_at: taken, cpu_percent: 50 + 40 * Math.sin(n / 9), uptime_s: n };
    write({ ...real, last_seen_at: taken, latest_sample: sample });
  });
};
"""
"""Speaks for the router: a sample in each 25 ms, a second of the router's time apart, counted in `samplesGiven`."""
