// The inbox as lists show it: its first page live, further ones as they are asked for.
import { useEffect, useState } from "preact/hooks";
import { call, type ApiError, type Options } from "../api";
import { useLive, type Heard } from "../live";
import { PAGE_ROWS } from "../parts/table";
import type { InboxItem } from "./types";

interface Listed {
  items: InboxItem[];
  more: string | null;
}

export interface Inbox {
  items: InboxItem[] | null; // null: nothing is known yet
  more: boolean;
  busy: boolean;
  error: Heard<Listed>["error"] | null;
  load: () => void;
}

export function useInbox(options: Options): Inbox {
  const { data, error } = useLive<Listed>("inbox.list", { ...options, limit: PAGE_ROWS });
  const [further, setFurther] = useState<Listed | null>(null);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const key = JSON.stringify(options);
  useEffect(() => setFurther(null), [key]);
  const last = further || data;
  const load = () => {
    if (!last || !last.more) return;
    setBusy(true);
    call<Listed>("inbox.list", { ...options, limit: PAGE_ROWS, after: last.more })
      .then((said) => {
        setFurther({ items: [...(further ? further.items : []), ...said.items], more: said.more });
        setFailed(null);
      })
      .catch(setFailed)
      .then(() => setBusy(false));
  };
  // What is settled leaves the first page, and others move up into it.
  const items = data && [
    ...new Map([...(further ? further.items : []), ...data.items].map((one) => [one.id, one])),
  ].map(([, one]) => one);
  return { items: items || null, more: !!last && !!last.more, busy, error: failed || error, load };
}
