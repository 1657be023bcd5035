// An answer asked for once, and again on demand: for commands whose asking is recorded or dear, so
// that they are no live calls.
import { useEffect, useState } from "preact/hooks";
import { ApiError, call, get, type Options } from "../api";
import { sawServerTime } from "../clock";

export interface Asked<T> {
  data: T | null;
  error: ApiError | null;
  busy: boolean;
  again: () => void;
}

function useAsking<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (key === null) return undefined;
    const abort = new AbortController();
    setBusy(true);
    ask(abort.signal)
      .then((said) => {
        if (abort.signal.aborted) return;
        sawServerTime(said);
        setData(said);
        setError(null);
        setBusy(false);
      })
      .catch((fault) => {
        if (abort.signal.aborted) return;
        setError(fault instanceof ApiError ? fault : new ApiError("io", String(fault)));
        setData(null);
        setBusy(false);
      });
    return () => abort.abort();
  }, [key, round]);
  return { data, error, busy, again: () => setRound(round + 1) };
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
