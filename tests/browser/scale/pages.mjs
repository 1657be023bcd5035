// Every page of the dashboard: what it asks, by whom, and what stands there once it is drawn.
const call = (command) => `/api/call/${command}`;
const rows = "main tbody th[scope=row]";

export const pages = [
  { path: "/", role: "clerk", shows: "main .panel", calls: () => [call("overview")] },
  { path: "/month", role: "clerk", shows: rows, calls: () => [call("month.status?period=2026-12&known=1")] },
  {
    path: "/queues",
    role: "clerk",
    shows: "main a[href^='/envelope/']",
    calls: (ground) => [
      call("queue.census"),
      call("queue.census?under=prefecture%3A510100"),
      call("rates"),
      call("queue.envelopes?limit=20"),
      call("queue.envelopes?limit=20&state=held"),
      call(`queue.envelopes?limit=20&destination=${encodeURIComponent(ground.some[9])}`),
      call("queue.list"),
    ],
  },
  {
    path: "/envelope",
    role: "clerk",
    calls: (ground) => [call(`trace?id=${ground.one}`), call(`queue.show?id=${ground.one}`)],
  },
  { path: "/links", role: "clerk", shows: rows, calls: () => [call("links")] },
  { path: "/reports", role: "clerk", shows: rows, calls: () => [call("report.status?period=2026-H1")] },
  { path: "/due", role: "clerk", shows: "main .table", calls: () => [call("due")] },
  { path: "/exchange", role: "clerk", shows: "main .panel", calls: () => [call("exchange.score?period=2026-12")] },
  { path: "/network", role: "clerk", shows: "main .tile", calls: () => [call("network")] },
  { path: "/audit", role: "auditor", shows: rows, calls: () => [call("audit.list?limit=20")] },
  {
    path: "/directory",
    role: "clerk",
    shows: rows,
    calls: () => [call("directory.status"), call("offices"), call("month.status?known=1")],
  },
  { path: "/desk/lists", role: "clerk", shows: rows, calls: () => [call("inbox.list?kind=pre_release_notice&limit=20")] },
  { path: "/desk/hand-in", role: "clerk", shows: "main .panel", calls: () => [] },
  { path: "/desk/report", role: "clerk", shows: "main .panel", calls: () => [] },
  { path: "/desk/print", role: "clerk", shows: "main .panel", calls: () => [] },
  { path: "/desk/bulletin", role: "clerk", shows: rows, calls: () => [call("month.bulletin?period=2026-12&known=1")] },
  { path: "/me", role: "clerk", calls: () => ["/api/session", "/api/words"] },
];

// What the stream of an open page asks; the frame around every page asks for the overview.
const live = (name, ...calls) => ({ name, calls: ["overview", ...calls] });
export const livePages = [
  live("overview"),
  live("queues", "queue.census", "rates"),
  live("links", "links"),
  live("due", "due"),
  live("network", "network"),
  live("directory", "directory.status"),
  live("desk/lists", "inbox.list?kind=pre_release_notice&limit=20"),
];
