// The menu: which page stands where, and who sees it.
import type { Key } from "./i18n";
import { may, mayAny } from "./session";

interface MenuItem {
  path: string;
  title: Key;
  shown: () => boolean;
}
interface MenuGroup {
  title: Key;
  items: MenuItem[];
}

const item = (path: string, title: Key, ...commands: string[]): MenuItem => ({
  path,
  title,
  shown: () => !commands.length || mayAny(...commands),
});

// The desk is for whoever may open what is personal.
const deskItem = (path: string, title: Key, command: string): MenuItem => ({
  path,
  title,
  shown: () => may(command) && mayAny("inbox.show", "submit"),
});

export const menu: MenuGroup[] = [
  {
    title: "nav.monitoring",
    items: [
      item("/", "overview.title", "overview"),
      item("/month", "month.title", "month.status"),
      item("/queues", "queues.title", "queue.census"),
      item("/envelope", "envelope.title", "trace"),
      item("/links", "links.title", "links"),
      item("/reports", "reports.title", "report.status"),
      item("/due", "due.title", "due"),
      item("/exchange", "exchange.title", "exchange.score"),
      item("/network", "network.title", "network"),
      item("/audit", "audit.title", "audit.list"),
      item("/directory", "directory.title", "directory.status"),
    ],
  },
  {
    title: "nav.desk",
    items: [
      deskItem("/desk/lists", "lists.title", "inbox.list"),
      deskItem("/desk/hand-in", "hand_in.title", "submit"),
      deskItem("/desk/report", "send.title", "report.send"),
      deskItem("/desk/print", "print.title", "inbox.show"),
      deskItem("/desk/bulletin", "bulletin.title", "month.status"),
    ],
  },
  {
    title: "nav.system",
    items: [
      item("/accounts", "accounts.title", "accounts", "accounts.log"),
      item("/me", "me.title"),
    ],
  },
];
