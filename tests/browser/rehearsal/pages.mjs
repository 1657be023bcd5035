// Every page, and what of it must be the same as the command line's answer at the same moment:
// name, path, and `same`, which answers pairs [what, shown, said].
const count = (rows, of) => rows.reduce((sum, row) => sum + (row[of] || 0), 0);
const number = (text) => Number(String(text).replace(/,/g, ""));
const shown = (rows, column) => rows.map((row) => row[column]).sort().join(" ");
const words = (rows, of) => rows.map(of).sort().join(" ");
const sumShown = (rows, column) => rows.reduce((sum, row) => sum + number(row[column]), 0);
// Ids as a cell tells them: in its code or its title.
const named = (rows, ids) => ids.filter((id) => rows.some((row) => row.ids.includes(id)));
const linkStates = { idle: "空闲", sending: "发送中", greeting: "握手中", down: "不通" };

export const monitoring = [
  {
    name: "overview",
    path: "/",
    same: async (p, ask) => {
      const [month, queue, links, due] = await Promise.all([
        p.period().then((period) => ask("month", "status", "--period", period)),
        ask("queue", "list"),
        ask("links"),
        ask("due"),
      ]);
      const up = links.links.filter((row) => row.state === "idle" || row.state === "sending");
      const account = (label) => p.figure("本月账目", label);
      return [
        ["accepted", number(await account("已登记")), count(month.origins, "accepted")],
        ["delivered", number(await account("已送达")), count(month.origins, "delivered")],
        ["in transit", number(await account("在途")), count(month.origins, "in_transit")],
        ["own area", number(await p.figure("已送达的核查情况", "属本辖区")), count(month.origins, "own_area")],
        ["gated", number(await p.figure("队列", "待放行")), count(queue.queues, "gated")],
        ["held", number(await p.figure("队列", "已挂起")), queue.held.length],
        ["links up", number(await p.figure("队列", "链路: 连通")), up.length],
        ["owed", number(await p.figure("队列", "应办事项: 待办")), due.count],
      ];
    },
  },
  {
    name: "month",
    path: "/month?period=2026-12",
    same: async (p, ask) => {
      const said = await ask("month", "status", "--period", "2026-12");
      const origins = (await p.table("按来源单位")) || [];
      const offices = (await p.table("按经手单位")) || [];
      const sum = (column) => sumShown(origins, column);
      return [
        ["origins", origins.length, said.origins.length],
        ["accepted", sum("已登记"), count(said.origins, "accepted")],
        ["delivered", sum("已送达"), count(said.origins, "delivered")],
        ["own area", sum("属本辖区"), count(said.origins, "own_area")],
        ["offices", offices.length, said.offices.length],
        ["received", sumShown(offices, "已接收"), count(said.offices, "received")],
      ];
    },
  },
  {
    name: "queues",
    path: "/queues",
    same: async (p, ask) => {
      const said = await ask("queue", "list");
      const rows = (await p.table("按相邻单位、优先级、业务类型的队列")) || [];
      return [
        ["gated", sumShown(rows, "待放行"), count(said.queues, "gated")],
        ["ready", sumShown(rows, "待发送"), count(said.queues, "ready")],
        [
          "neighbours",
          named(rows, said.queues.map((one) => one.neighbour)).length,
          said.queues.length,
        ],
      ];
    },
  },
  {
    name: "links",
    path: "/links",
    same: async (p, ask) => {
      const { links } = await ask("links");
      const rows = (await p.table("链路")) || [];
      return [
        ["channels", rows.length, links.length],
        ["states", shown(rows, "状态"), words(links, (one) => linkStates[one.state])],
        ["neighbours", named(rows, links.map((one) => one.neighbour)).length, links.length],
      ];
    },
  },
  {
    name: "reports",
    path: "/reports?period=2026-H1",
    same: async (p, ask) => {
      const said = await ask("report", "status", "--period", "2026-H1");
      const rows = (await p.table("报送情况表")) || [];
      const ids = said.children.map((one) => one.office);
      return [["offices", named(rows, ids).length, rows.length && ids.length]];
    },
  },
  {
    name: "due",
    path: "/due",
    same: async (p, ask) => {
      const said = await ask("due");
      const rows = (await p.table("应办事项")) || [];
      return [
        ["owed", rows.length, said.count],
        ["by whom", named(rows, said.due.map((one) => one.by)).length, said.due.length],
      ];
    },
  },
  { name: "exchange", path: "/exchange", expected: /404/, same: async () => [] },
  {
    name: "network",
    path: "/network",
    same: async (p, ask) => {
      const said = await ask("month", "status");
      const ids = said.offices.map((one) => one.office);
      const text = await p.page.innerText("main [role=status]");
      return [["offices", Math.max(...text.match(/\d+/g).map(Number)), ids.length]];
    },
  },
  {
    name: "directory",
    path: "/directory",
    same: async (p, ask) => {
      const said = await ask("directory", "status");
      const rows = (await p.table("到期事项")) || [];
      const lead = await p.page.innerText(".page-head .lead");
      return [
        ["version", lead.includes(String(said.snapshot_version)), true],
        ["what ends", rows.length, said.expiries.length],
      ];
    },
  },
];

export const auditing = [
  {
    name: "audit",
    path: "/audit",
    steps: async (p) => {
      await p.page.locator(".panel-head .button").click();
      await p.page.waitForSelector(".panel .note");
    },
    same: async (p, ask) => {
      const said = await ask("audit", "verify");
      const note = await p.page.innerText(".panel .note");
      return [["whole", note.includes("完整"), said.whole]];
    },
  },
];

export const desk = [
  {
    name: "lists",
    path: "/desk/lists?state=all&period=2026-12",
    same: async (p, ask) => {
      const said = await ask("inbox", "list", "--all", "--kind", "pre_release_notice", "--period", "2026-12");
      const rows = (await p.table("正常上报")) || [];
      return [
        ["items", rows.length, said.items.length],
        ["ids", named(rows, said.items.map((one) => one.id)).length, said.items.length],
      ];
    },
  },
  { name: "hand-in", path: "/desk/hand-in", same: async () => [] },
  { name: "report", path: "/desk/report", same: async () => [] },
  { name: "print", path: "/desk/print", same: async () => [] },
  { name: "bulletin", path: "/desk/bulletin?period=2026-12", same: async () => [] },
  { name: "me", path: "/me", same: async () => [] },
];

export const administration = [
  {
    name: "accounts",
    path: "/accounts",
    same: async (p, ask, said) => {
      const rows = (await p.table("账号列表")) || [];
      return [["accounts", shown(rows, "账号"), said.accounts.slice().sort().join(" ")]];
    },
  },
];
