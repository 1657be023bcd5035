// The inbox as lists show it: its first page live, further ones as they are asked for.
import { call, type Options } from "../api";
import { useLive, type Heard } from "../live";
import { useFurther, type Paged, type Paging } from "../parts/further";
import { PAGE_ROWS } from "../parts/table";
import type { InboxItem } from "./types";

export type Inbox = Omit<Paged<InboxItem>, "error"> & { error: Heard<unknown>["error"] | null };

const paging: Paging<InboxItem> = {
  ask: (options) => call("inbox.list", options),
  list: "items",
  cursor: "after",
  keyOf: (item) => item.id,
};

export function useInbox(filter: Options): Inbox {
  const options = { ...filter, limit: PAGE_ROWS };
  const { data, error } = useLive<Record<string, unknown>>("inbox.list", options);
  const paged = useFurther(paging, options, data);
  return { ...paged, error: paged.error || error || null };
}
