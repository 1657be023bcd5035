// The inbox as the desk sees it: what stands in lists, and one opened item.
import type { EnvelopeView, Step, When } from "../types";

export interface InboxItem {
  id: string;
  origin: string;
  kind: string;
  period: string;
  state: string;
  copy: boolean;
  kept_back: boolean;
  continued_by: string | null;
  due: When;
  received?: string;
  late?: boolean;
  collected?: boolean | string;
  possible_duplicate_of: string[];
}

export type Payload = Record<string, unknown>;
export interface OpenedItem extends EnvelopeView {
  payload: Payload;
  possible_duplicate_of: string[];
  first?: { origin: string; id: string };
  steps?: Step[];
  corrections?: Payload[];
  attachments?: {
    type: string;
    zh: string;
    size: number;
    state: "here" | "missing";
    announced: boolean;
    id: string | null;
    name: string;
  }[];
}
