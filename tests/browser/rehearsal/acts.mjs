// What people do through the pages, and how the command line finds it; then an office that is
// stopped, and one whose processes die. Read next: passing.mjs.
import { handIn, noticesOf, withCheckDigit } from "./hand_in.mjs";
import { until } from "./nation.mjs";

const prison = "prison:430000-01";
const county = "county:610802";
const township = "township:610802100";

export async function act({ nation, person, step, look }) {
  const clerk = await person(prison, "clerk");
  const operator = await person(prison, "operator");
  const ask = (...words) => nation.ask(prison, ...words);
  let gated = [];

  await step("hand in next month's notices", async () => {
    await handIn(clerk, "pre_release_notice", "browser-1", noticesOf(prison, ["裴试甲", "裴试乙"], "610802100"));
    const said = await ask("submission", "browser-1");
    if (said.envelopes !== 2) throw new Error(JSON.stringify(said));
    gated = said.rows.map((row) => row.id);
    await look(clerk, "prison-handed-in");
  });

  // Of all that waits for the gate: held, released, requeued; one ends.
  const bulk = async (state, verb, reason) => {
    await operator.go(`/queues?state=${state}`);
    await operator.page.waitForSelector(`#envelopes`);
    for (const id of gated)
      await operator.page.locator(`tr:has([title="${id}"]) input[type=checkbox]`).check();
    await operator.button(`${verb} …`).click();
    await operator.dialog(verb, { 理由: reason });
    await operator.page.waitForSelector("dialog .note.good, dialog .note.warn");
    await operator.page.click("dialog .dialog-foot button[type=submit]");
    await operator.dialogCloses();
  };
  const stateOf = async (id) => (await ask("queue", "show", id)).state;
  const all = (state) =>
    until(`${state} by the command line`, async () => {
      const states = await Promise.all(gated.map(stateOf));
      if (states.every((one) => one === state)) return true;
      throw new Error(states.join(" "));
    });

  await step("hold what waits for its gate", async () => {
    await bulk("gated", "挂起", "演练：核对中");
    await all("held");
    const { held } = await ask("queue", "list");
    if (held.length !== 2) throw new Error(JSON.stringify(held));
    await operator.go("/");
    await until("the overview shows it", async () => (await operator.figure("队列", "已挂起")) === "2");
    await operator.go("/queues?state=held");
    await look(operator, "prison-held");
  });
  await step("release it", async () => {
    await bulk("held", "恢复发送", "演练：核对完毕");
    await all("gated");
  });
  await step("end it, and queue it again", async () => {
    await bulk("gated", "作废", "演练：误报");
    await all("dead");
    await bulk("dead", "重新排队", "演练：确需上报");
    await all("gated");
  });
  await step("the way of an envelope", async () => {
    await operator.go(`/envelope/${gated[0]}`);
    const said = await ask("trace", gated[0]);
    await operator.page.waitForSelector(".events li");
    const shown = await operator.page.locator(".events li").count();
    if (shown !== said.events.length) throw new Error(`${shown} of ${said.events.length} events`);
    await look(operator, "prison-envelope");
  });

  // Ad hoc, so it goes at once; the township's clerk signs for it and settles it.
  const receiver = await person(township, "clerk");
  let arrived = "";
  await step("an ad hoc report reaches the township", async () => {
    await handIn(clerk, "ad_hoc_report", "browser-2", noticesOf(prison, ["裴试丙"], "610802100"));
    const said = await ask("submission", "browser-2");
    arrived = said.rows[0].id;
    await receiver.go("/desk/lists?view=ad_hoc");
    await receiver.page.waitForSelector(`tr:has([title="${arrived}"])`, { timeout: 60000 });
  });
  await step("open it, sign for it", async () => {
    await receiver.page.locator(`tr:has([title="${arrived}"]) button`).first().click();
    await receiver.page.waitForSelector(".tools.ruled");
    await look(receiver, "township-item");
    await receiver.button("签收").click();
    await receiver.dialog("签收");
    await receiver.dialogCloses();
    await until("collected", async () => {
      const { items } = await nation.ask(township, "inbox", "list", "--kind", "ad_hoc_report");
      return items.find((one) => one.id === arrived).collected;
    });
  });
  await step("settle it: own area", async () => {
    await receiver.button("属本辖区").click();
    await receiver.dialog("属本辖区");
    await receiver.dialogCloses();
    await until("the origin's ledger says so", async () => {
      const said = await ask("submission", "browser-2");
      if (said.rows[0].outcome === "own-area") return true;
      throw new Error(JSON.stringify(said.rows[0]));
    });
  });

  // The township asks, the county answers.
  let asked = "";
  await step("a request, urged and answered", async () => {
    const day = (await nation.ask(township, "status")).time.slice(0, 10);
    const text =
      "subject,name,id_number,from_date,to_date,place,reason\n" +
      `leave,裴试丁,${withCheckDigit("61080218010120002")},${day},${day},演练市,演练：就医\n`;
    await handIn(receiver, "assistance_request", "browser-3", text);
    asked = (await nation.ask(township, "submission", "browser-3")).rows[0].id;
    const other = await person(county, "clerk");
    await other.go("/desk/lists?view=other");
    await other.page.waitForSelector(`tr:has([title="${asked}"])`, { timeout: 60000 });

    await receiver.go("/due?who=others&kind=assistance_request");
    await receiver.page.locator(`tr:has([title="${asked}"]) button`).first().click();
    await receiver.dialog("催办", { 催办: "演练：请尽快办理" });
    await receiver.dialogCloses();

    await other.page.locator(`tr:has([title="${asked}"]) button`).first().click();
    await other.page.waitForSelector(".tools.ruled");
    await look(other, "county-request");
    await other.button("反馈").click();
    const choice = other.page.locator("dialog select").first();
    await choice.selectOption("approved");
    await other.dialog("反馈");
    await other.dialogCloses();
    await until("the township has the answer", async () => {
      const { items } = await nation.ask(township, "inbox", "list", "--kind", "assistance_feedback");
      return items.length > 0;
    });
  });
}

export async function faultsOf({ nation, person, step, look, password }) {
  const above = await person(county, "clerk");
  const below = await person(township, "viewer");
  const pid = nation.processes(township).daemon;

  await step("an office that is stopped", async () => {
    await above.go("/links");
    await below.go("/");
    await until("live", () => below.page.isVisible(".live:not(.lost)"));
    below.expected = /503/;
    process.kill(pid, "SIGSTOP");
    try {
      await below.page.waitForSelector(".live.lost", { timeout: 60000 });
      if (!(await below.page.isVisible(".outlook"))) throw new Error("what was known went away");
      await look(below, "township-stopped");
      await until("its neighbour sees the link down", async () => {
        const rows = await above.table("链路");
        const row = rows.find((one) => one.ids.includes(township));
        return row && ["不通", "握手中"].includes(row.状态);
      }, 120);
      await look(above, "county-link-down");
      await above.go("/");
      await until("as an alarm", async () =>
        (await above.page.innerText(".alarms")).includes(township),
      );
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await below.page.waitForSelector(".live:not(.lost)", { timeout: 60000 });
    await above.go("/links");
    await until("the link comes back", async () => {
      const rows = await above.table("链路");
      return ["空闲", "发送中"].includes(rows.find((one) => one.ids.includes(township)).状态);
    }, 120);
    below.expected = /^$/;
  });

  await step("an office whose processes die", async () => {
    await below.go("/");
    const before = nation.processes(township);
    below.expected = /ERR_|503|401/;
    process.kill(before.daemon, "SIGKILL");
    // Started again by the rehearsal; sessions ended with it, so the page asks to sign in.
    await below.page.waitForSelector("input[autocomplete=username]", { timeout: 120000 });
    await below.signIn(password);
    await until("live", () => below.page.isVisible(".live:not(.lost)"));
    if (nation.processes(township).daemon === before.daemon) throw new Error("it did not die");
  });
}
