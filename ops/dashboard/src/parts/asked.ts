// An answer asked for once, and again on demand: for commands whose asking is recorded or dear, so
// that they are no live calls.
import { useEffect, useState } from "preact/hooks";
import { ApiError, call, get, type Options } from "../api";
import { sawServerTime } from "../clock";

const PAUSE_MS = 250;

interface Asked<T> {
  data: T | null; // of what is asked now, never of what was asked before
  error: ApiError | null;
  busy: boolean;
  again: () => void;
}

interface Said<T> {
  to: string | null;
  data: T | null;
  error: ApiError | null;
}

function useAsking<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [said, setSaid] = useState<Said<T>>({ to: null, data: null, error: null });
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (key === null) return undefined;
    const abort = new AbortController();
    setBusy(true);
    ask(abort.signal)
      .then((data) => {
        if (abort.signal.aborted) return;
        sawServerTime(data);
        setSaid({ to: key, data, error: null });
        setBusy(false);
      })
      .catch((fault) => {
        if (abort.signal.aborted) return;
        const error = fault instanceof ApiError ? fault : new ApiError("io", String(fault));
        setSaid({ to: key, data: null, error });
        setBusy(false);
      });
    return () => abort.abort();
  }, [key, round]);
  const mine = key !== null && said.to === key;
  return {
    data: mine ? said.data : null,
    error: mine ? said.error : null,
    busy: key !== null && (busy || !mine),
    again: () => setRound(round + 1),
  };
}

// null: nothing is asked.
export function useAsked<T>(command: string | null, options: Options = {}): Asked<T> {
  const key = command === null ? null : command + JSON.stringify(options);
  return useAsking<T>(key, (signal) => call<T>(command || "", options, signal));
}

// What the daemon counts: first its last count, at once, then a new one.
export function useCounted<T>(command: string, options: Options = {}): Asked<T> {
  const last = useAsked<T>(command, { ...options, known: "1" });
  const now = useAsked<T>(command, options);
  return { ...now, data: now.data || (now.error ? null : last.data) };
}

export function useAskedPath<T>(path: string | null): Asked<T> {
  return useAsking<T>(path, (signal) => get<T>(path || "", signal));
}

// What somebody types, once they pause.
export function usePaused<T>(value: T): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const wait = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(wait);
  }, [value]);
  return paused;
}
