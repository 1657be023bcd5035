// Live answers by one EventSource a page: every component names the calls it shows, the stream is
// opened anew when that set changes. What was known stays known, with the time of its arrival, while
// the line is down.
import { useEffect, useState } from "preact/hooks";
import { query, type Options } from "./api";
import { nowMs, sawServerTime } from "./clock";
import { loadSession } from "./session";
import { store } from "./store";

const CALLS_MAX = 8; // of the contract
const SILENCE_MS = 45000; // three of the server's signs of life
const RETRY_MS_MAX = 15000;
const HIDDEN_MS = 5000;
const KNOWN_MAX = 32; // answers; those that nobody shows any more are for coming back

export interface Heard<T> {
  data?: T;
  error?: { code: string; text: string };
}

// null: live. Otherwise since when not.
export const notLiveSince = store<Date | null>(null);

const known = new Map<string, Heard<unknown>>();
const wanted = new Map<string, Set<() => void>>();
let source: EventSource | null = null;
let open = "";
let planned = 0;
let retryMs = 1000;
let retry = 0;
let watchdog = 0;
let lastSign = new Date();
let lastAnswer = new Date();
const away = new Set<string>(); // calls that the daemon behind the server did not answer

function alive(): void {
  lastSign = new Date(nowMs());
  retryMs = 1000;
  if (!away.size) notLiveSince.set(null);
}

// The server is there, the daemon behind it says nothing: what is shown is as of its last answer.
function hearNothing(call: string): void {
  away.add(call);
  if (!notLiveSince.get()) notLiveSince.set(lastAnswer);
}

function lost(): void {
  if (!notLiveSince.get()) notLiveSince.set(lastSign);
  if (source) source.close();
  source = null;
  open = "";
  clearTimeout(retry);
  retry = window.setTimeout(() => {
    // A stream cannot tell why it was refused; the session can, which may be another's by now.
    loadSession()
      .then(plan)
      .catch(() => lost());
  }, retryMs);
  retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
}

// Only a server that gives signs of life as events can be missed.
function expectSign(): void {
  clearTimeout(watchdog);
  watchdog = window.setTimeout(lost, SILENCE_MS);
}

function hear(text: string): void {
  const said = JSON.parse(text) as {
    call: string;
    answer?: unknown;
    error?: Heard<unknown>["error"];
  };
  if (said.error && said.error.code === "retry") {
    hearNothing(said.call);
  } else {
    away.delete(said.call);
    sawServerTime(said.answer);
    lastAnswer = new Date(nowMs());
    alive();
  }
  const before = known.get(said.call);
  known.delete(said.call); // the newest stands last
  known.set(
    said.call,
    said.error ? { data: before && before.data, error: said.error } : { data: said.answer },
  );
  for (const call of known.keys())
    if (known.size > KNOWN_MAX && !wanted.has(call)) known.delete(call);
  const followers = wanted.get(said.call);
  if (followers) followers.forEach((changed) => changed());
}

function plan(): void {
  clearTimeout(planned);
  planned = window.setTimeout(() => {
    if (document.hidden) return; // asked for once it is seen
    const calls = [...wanted.keys()].slice(0, CALLS_MAX);
    [...away].filter((call) => !wanted.has(call)).forEach((call) => away.delete(call));
    const address = calls.map((each) => `call=${encodeURIComponent(each)}`).join("&");
    if (address === open && source) return;
    if (source) source.close();
    source = null;
    open = address;
    clearTimeout(watchdog);
    if (!calls.length) return;
    const opened = new EventSource(`/api/live?${address}`);
    source = opened;
    opened.onopen = alive;
    opened.onerror = () => opened === source && lost();
    opened.addEventListener("answer", (event) => hear((event as MessageEvent).data));
    opened.addEventListener("ping", () => {
      alive();
      expectSign();
    });
  }, 30);
}

// Browsers keep six connections to a server: pages in the background must not keep one each, or the
// seventh page would never come.
let hiding = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = window.setTimeout(() => {
      if (source) source.close();
      source = null;
      open = "";
      clearTimeout(watchdog);
      clearTimeout(retry);
    }, HIDDEN_MS);
  } else if (!source) {
    plan();
  }
});

// Follows one command. `null` for the command: nothing is asked.
export function useLive<T>(command: string | null, options: Options = {}): Heard<T> {
  const name = command ? command + query(options) : "";
  const [, redraw] = useState({});
  useEffect(() => {
    if (!name) return undefined;
    const changed = () => redraw({});
    const followers = wanted.get(name) || new Set();
    followers.add(changed);
    wanted.set(name, followers);
    plan();
    return () => {
      followers.delete(changed);
      if (!followers.size) wanted.delete(name);
      plan();
    };
  }, [name]);
  return (known.get(name) as Heard<T> | undefined) || {};
}

// At sign-out: nothing of one account is shown to the next.
export function forgetAll(): void {
  known.clear();
  away.clear();
  if (source) source.close();
  source = null;
  open = "";
  clearTimeout(watchdog);
  clearTimeout(retry);
  notLiveSince.set(null);
}
