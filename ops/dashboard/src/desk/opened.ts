// What this session has opened: kept in memory only, gone with the page. Opening is recorded by the
// daemon under the account, so that nothing is opened but by a person's own step.
import { act, fileOf } from "../api";
import { store } from "../store";
import type { OpenedItem } from "./types";

export const opened = store<Map<string, OpenedItem>>(new Map());

let session = 0; // what was asked for in one is not shown in the next

export async function openItem(id: string): Promise<OpenedItem> {
  const asked = session;
  const item = await act<OpenedItem>("inbox.show", { id });
  if (asked !== session) return item;
  const next = new Map(opened.get());
  next.set(id, item);
  opened.set(next);
  return item;
}

// Photographs of opened items, by the attachment's id, as addresses of this page's own.
const photographs = new Map<string, Promise<string>>();

// Taken out once for as long as the session lasts: each taking is recorded.
export function photographOf(id: string): Promise<string> {
  let found = photographs.get(id);
  if (!found) {
    found = fileOf("inbox.attachment", { id }).then((file) => URL.createObjectURL(file));
    found.catch(() => photographs.delete(id));
    photographs.set(id, found);
  }
  return found;
}

export function forgetOpened(): void {
  session += 1;
  opened.set(new Map());
  photographs.forEach((one) => one.then(URL.revokeObjectURL, () => undefined));
  photographs.clear();
}

export const notices = ["pre_release_notice", "ad_hoc_report", "unlinked_return"];
export const isNotice = (kind: string | undefined): boolean => notices.includes(kind || "");

// As the daemon decides it (node/office/answers.cc); the daemon has the last word.
export const isHighRisk = (risk: unknown): boolean =>
  String(risk || "").includes("高") || String(risk || "").toLowerCase() === "high";
