// Lists that the server pages: a first page, live or asked for, and the ones behind it as somebody
// asks for them. With another filter all of them go.
import { useEffect, useState } from "preact/hooks";
import { ApiError, type Options } from "../api";

export interface Paged<T> {
  rows: T[] | null; // null: nothing is known yet
  more: boolean;
  busy: boolean;
  error: ApiError | null;
  load: () => void;
  forget: () => void; // what was loaded behind the first page: after an act it may be otherwise
}

type Page = Record<string, unknown>;

// How a command pages: under which name it lists, and which option takes an answer's `more`.
export interface Paging<T> {
  ask: (options: Options) => Promise<Page>;
  list: string;
  cursor: "after" | "before";
  keyOf: (row: T) => string;
}

interface Further<T> {
  of: string;
  rows: T[];
  more: unknown; // where the next page begins, once one was loaded
  loaded: boolean;
  busy: boolean;
  error: ApiError | null;
}

export function useFurther<T>(
  paging: Paging<T>,
  options: Options,
  first: Page | null | undefined,
): Paged<T> {
  const { ask, list, cursor, keyOf } = paging;
  const of = JSON.stringify(options);
  const none = { of, rows: [], more: null, loaded: false, busy: false, error: null };
  const [state, setState] = useState<Further<T>>(none);
  useEffect(() => setState((was) => (was.of === of ? was : none)), [of]);
  const now: Further<T> = state.of === of ? state : none;
  const more = now.loaded ? now.more : first && first.more;
  const hasMore = more !== null && more !== undefined;
  // An answer that comes when another filter is set is dropped.
  const change = (by: (was: Further<T>) => Partial<Further<T>>) =>
    setState((was) => (was.of === of ? { ...was, ...by(was) } : was));
  const load = () => {
    if (!hasMore || now.busy) return;
    change(() => ({ busy: true, error: null }));
    ask({ ...options, [cursor]: more as string })
      .then((said) =>
        change((was) => ({
          rows: [...was.rows, ...(said[list] as T[])],
          more: said.more,
          loaded: true,
          busy: false,
        })),
      )
      .catch((fault) => {
        const error = fault instanceof ApiError ? fault : new ApiError("io", String(fault));
        change(() => ({ busy: false, error }));
      });
  };
  // What leaves a live first page lets others move up into it, and those may stand further on too.
  const begin = first ? (first[list] as T[]) : [];
  const known = new Set(begin.map(keyOf));
  return {
    rows: first ? [...begin, ...now.rows.filter((row) => !known.has(keyOf(row)))] : null,
    more: hasMore,
    busy: now.busy,
    error: now.error,
    load,
    forget: () => setState(none),
  };
}
