// The office's time. A rehearsal's clock runs ahead of the wall's, so that the pages count from the
// newest answer, not from the browser.
import { store, useStore } from "./store";

let serverMs = 0;
let seenMs = 0;
let stands = false; // rehearsal: its rate is not ours to guess

const tick = store(0);
setInterval(() => tick.set(tick.get() + 1), 10000);

export function sawServerTime(answer: unknown): void {
  const said = answer as { time?: string; rehearsal?: boolean } | undefined;
  if (!said || typeof said.time !== "string") return;
  const at = Date.parse(said.time);
  if (isNaN(at)) return;
  serverMs = at;
  seenMs = Date.now();
  stands = said.rehearsal === true;
  tick.set(tick.get() + 1);
}

export function nowMs(): number {
  if (!serverMs) return Date.now();
  return stands ? serverMs : serverMs + (Date.now() - seenMs);
}

// Redraws what shows an age.
export function useNow(): number {
  useStore(tick);
  return nowMs();
}
