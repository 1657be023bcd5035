// What is visited: name, address, role, modes, and what is done there first.
import { start } from "./mock/server.mjs";

const every = ["good", "empty", "error", "huge"];
const id = "018f3a5c1eef00000000000000003039";

export const visits = [
  { name: "sign-in", path: "/" },
  {
    name: "sign-in-refused",
    path: "/",
    expected: /401/,
    steps: async (page) => {
      await page.fill("input[autocomplete=username]", "nobody");
      await page.fill("input[type=password]", "wrong");
      await page.click("button[type=submit]");
      await page.waitForSelector(".note.bad");
    },
  },
  { name: "must-change-password", path: "/", role: "viewer", fresh: true },
  { name: "overview", path: "/", role: "viewer", modes: every },
  { name: "overview-dark", path: "/", role: "viewer", dark: true },
  {
    name: "overview-moving",
    path: "/",
    role: "viewer",
    sizes: [1440],
    steps: async (page) => {
      await page.context().addCookies([{ name: "moving", value: "1", url: page.url() }]);
      await page.reload();
      await page.waitForFunction(() => document.body.innerText.includes("1,287"));
    },
  },
  {
    // The server dies: what was known stays, with the time since when.
    name: "overview-lost",
    path: "/",
    role: "viewer",
    expected: /ERR_/,
    steps: async (page) => {
      const server = await start();
      await page.goto(server.address);
      await page.waitForSelector(".outlook");
      server.stop();
      await page.waitForSelector(".live.lost");
      if (!(await page.isVisible(".outlook"))) throw new Error("what was known went away");
    },
  },
  { name: "month", path: "/month?period=2026-12", role: "viewer", modes: every },
  {
    name: "month-close",
    path: "/month?period=2026-12",
    role: "clerk",
    window: true,
    sizes: [1440],
    steps: async (page) => {
      await page.click(".page-head .primary");
      await page.click("dialog .primary");
      await page.waitForSelector("dialog .note");
    },
  },
  { name: "queues", path: "/queues", role: "operator", modes: every },
  { name: "queues-dark", path: "/queues", role: "operator", dark: true, sizes: [1440] },
  {
    name: "queues-chart",
    path: "/queues",
    role: "operator",
    sizes: [1440],
    steps: (page) => page.click("button[aria-pressed=false].small >> nth=1"),
  },
  { name: "queues-under", path: "/queues?under=prefecture:610100", role: "viewer", sizes: [1440] },
  {
    name: "queues-act",
    path: "/queues?state=held",
    role: "operator",
    window: true,
    steps: async (page) => {
      await page.click("tbody input[type=checkbox] >> nth=0");
      await page.click(".table-head .button.danger");
      await page.waitForSelector("dialog .note");
    },
  },
  { name: "envelope", path: `/envelope/${id}`, role: "operator" },
  { name: "envelope-none", path: "/envelope", role: "viewer" },
  { name: "envelope-unknown", path: "/envelope/12ab", role: "viewer", expected: /404/ },
  { name: "links", path: "/links", role: "viewer", modes: every },
  { name: "reports", path: "/reports", role: "viewer", modes: every },
  { name: "due", path: "/due", role: "clerk", modes: every },
  {
    name: "exchange",
    path: "/exchange",
    role: "viewer",
    modes: ["good", "empty", "huge"],
    expected: /404/,
  },
  { name: "network", path: "/network", role: "viewer", modes: every },
  { name: "network-search", path: "/network?search=xas", role: "viewer" },
  { name: "network-dark", path: "/network", role: "viewer", dark: true, sizes: [1440] },
  { name: "audit", path: "/audit", role: "auditor", modes: every },
  {
    name: "audit-verify",
    path: "/audit",
    role: "auditor",
    steps: (page) => page.click(".panel-head .button"),
  },
  { name: "directory", path: "/directory", role: "viewer", modes: ["good", "error"] },
  {
    name: "directory-first",
    path: "/directory",
    role: "viewer",
    sizes: [1440],
    steps: async (page) => {
      const first = await page.innerText("table:has([title*='province:']) tbody tr >> nth=0");
      if (!/township:/.test(first) || !/未登记|not /.test(first))
        throw new Error(`first comes ${first}`);
    },
  },
  { name: "accounts", path: "/accounts", role: "administrator" },
  { name: "accounts-security", path: "/accounts", role: "security_administrator" },
  {
    name: "accounts-factor-off",
    path: "/accounts",
    role: "security_administrator",
    window: true,
    sizes: [390],
    steps: (page) => page.click("tbody tr:nth-child(2) .acts .button >> nth=2"),
  },
  {
    name: "accounts-add",
    path: "/accounts",
    role: "administrator",
    window: true,
    steps: (page) => page.click(".table-head .primary"),
  },
  { name: "accounts-forbidden", path: "/accounts", role: "viewer", sizes: [390] },
  {
    name: "me-factor",
    path: "/me",
    role: "clerk",
    steps: (page) => page.click(".panel:nth-child(2) .button"),
  },
  { name: "lists", path: "/desk/lists", role: "clerk", modes: every },
  { name: "lists-other", path: "/desk/lists?view=other&state=all", role: "clerk" },
  {
    // What was loaded behind the first page goes with its filter, and so does an answer that is late.
    name: "lists-further",
    path: "/desk/lists",
    role: "clerk",
    modes: ["huge"],
    steps: async (page) => {
      const shown = (rows) =>
        page.waitForFunction(
          (n) => new RegExp(`\\b${n}\\b`).test(document.querySelector(".table-head [role=status]")?.innerText),
          rows,
        );
      await shown(20);
      await page.click("p.pages .button");
      await shown(40);
      const late = page.waitForRequest(/inbox\.list\?.*after=/);
      let answer;
      const held = new Promise((go) => (answer = go));
      await page.route(/inbox\.list\?.*after=/, async (route) => {
        await held;
        await route.continue();
      });
      await page.click("p.pages .button");
      await late;
      await page.click(".tabs button >> nth=1");
      await shown(20);
      const came = page.waitForResponse(/inbox\.list\?.*after=/);
      answer();
      await came;
      await page.evaluate(() => new Promise((drawn) => setTimeout(drawn, 50)));
      await shown(20);
    },
  },
  {
    // Nobody picks an office by passing through its field.
    name: "picker-passed",
    path: "/queues",
    role: "viewer",
    sizes: [1440],
    steps: async (page) => {
      const field = page.locator("#envelopes input[role=combobox] >> nth=0");
      await field.focus();
      await page.keyboard.press("Enter");
      if (page.url().includes("neighbour=")) throw new Error("Enter picked an office that nobody named");
      await field.fill("xa");
      await page.keyboard.press("Enter");
      await page.waitForURL(/neighbour=/);
    },
  },
  {
    name: "lists-add",
    path: "/desk/lists",
    role: "clerk",
    window: true,
    steps: (page) => page.click(".page-head .button >> nth=0"),
  },
  {
    name: "lists-collect",
    path: "/desk/lists",
    role: "clerk",
    window: true,
    sizes: [1440],
    steps: async (page) => {
      await page.click("thead input[type=checkbox]");
      await page.click(".table-head .primary");
    },
  },
  {
    // What is not opened shows no person; what is, the ID number masked.
    name: "lists-opened",
    path: "/desk/lists",
    role: "clerk",
    steps: async (page) => {
      if (/\d{17}[\dX]/.test(await page.innerText("main"))) throw new Error("an ID number stands in a list");
      await page.click("tbody .button >> nth=0");
      await page.waitForSelector(".tools.ruled");
      await page.goBack();
      await page.waitForFunction(() => /\d{6}\*{10}/.test(document.body.innerText));
      if (/\d{17}[\dX]/.test(await page.innerText("main"))) throw new Error("an ID number stands in a list");
    },
  },
  { name: "item-closed", path: `/desk/lists/${id}`, role: "clerk" },
  {
    name: "item",
    path: "/desk/lists",
    role: "clerk",
    steps: async (page) => {
      await page.click("tbody .button >> nth=0");
      await page.waitForSelector(".tools.ruled");
      await page.waitForFunction(() => document.querySelector(".photograph img").naturalWidth > 0);
    },
  },
  {
    name: "item-assign",
    path: "/desk/lists",
    role: "clerk",
    window: true,
    steps: async (page) => {
      await page.click("tbody .button >> nth=2");
      await page.waitForSelector(".tools.ruled");
      await page.click(".tools.ruled .button >> nth=-3");
      await page.fill("dialog input[role=combobox]", "sf");
    },
  },
  {
    name: "item-answer",
    path: "/desk/lists?view=other&kind=assistance_request",
    role: "clerk",
    window: true,
    steps: async (page) => {
      await page.click("tbody .button >> nth=0");
      await page.waitForSelector(".tools.ruled");
      await page.click(".tools.ruled .button >> nth=-1");
    },
  },
  {
    name: "item-own-area",
    path: "/desk/lists",
    role: "township",
    window: true,
    steps: async (page) => {
      await page.click("tbody .button >> nth=0");
      await page.waitForSelector(".tools.ruled");
      await page.click(".tools.ruled .button >> nth=1");
    },
  },
  {
    name: "item-correct",
    path: "/desk/lists",
    role: "township",
    window: true,
    sizes: [390],
    steps: async (page) => {
      await page.click("tbody .button >> nth=0");
      await page.waitForSelector(".tools.ruled");
      await page.click(".tools.ruled .button >> nth=-1");
    },
  },
  { name: "hand-in", path: "/desk/hand-in", role: "clerk" },
  {
    name: "hand-in-result",
    path: "/desk/hand-in?submission=abc",
    role: "clerk",
    steps: async (page) => {
      await page.setInputFiles("input[type=file] >> nth=0", {
        name: "notices.csv",
        mimeType: "text/csv",
        buffer: Buffer.from("origin,name\n"),
      });
      await page.setInputFiles("input[type=file] >> nth=1", [
        {
          name: "110101180001010015.jpg",
          mimeType: "image/jpeg",
          buffer: Buffer.from("photograph"),
        },
        { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no") },
      ]);
      await page.click("form .button.primary >> nth=0");
      await page.waitForSelector(".figures");
      await page.waitForTimeout(200);
    },
  },
  { name: "send", path: "/desk/report", role: "clerk", modes: ["good", "error"] },
  { name: "print", path: "/desk/print", role: "clerk" },
  {
    name: "print-list",
    path: "/desk/print/list",
    role: "clerk",
    steps: async (page) => {
      await page.click("tbody input[type=checkbox] >> nth=0");
      await page.click("tbody input[type=checkbox] >> nth=1");
      await page.click(".table-head .primary");
      await page.click("dialog .primary");
      await page.waitForSelector(".sheet");
    },
  },
  {
    name: "print-receipt",
    path: "/desk/print/receipt",
    role: "clerk",
    steps: (page) => page.click("tbody input[type=checkbox] >> nth=0"),
  },
  { name: "print-report", path: "/desk/print/report", role: "clerk" },
  {
    name: "print-media",
    path: "/desk/print/media",
    role: "clerk",
    steps: (page) => page.click("tbody input[type=checkbox] >> nth=0"),
  },
  { name: "bulletin", path: "/desk/bulletin", role: "clerk", modes: ["good", "empty"] },
  { name: "not-found", path: "/nothing/here", role: "viewer", sizes: [1440] },
];
