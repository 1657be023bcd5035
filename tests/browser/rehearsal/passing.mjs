// What clerks pass on through the pages: a photograph beside a notice, a notice that is returned,
// assigned and settled elsewhere, a correction; each found by the command line.
import { photograph } from "../mock/photograph.mjs";
import { handIn, noticesOf, numberOf } from "./hand_in.mjs";
import { until } from "./nation.mjs";

const prison = "prison:430000-01";
const county = "county:610802";
const wrong = "township:610802100";
const right = "township:610802001";

export async function pass({ nation, person, step, look }) {
  const sender = await person(prison, "clerk");
  const items = async (office, ...words) =>
    (await nation.ask(office, "inbox", "list", "--all", ...words)).items;
  let first = "";
  let returned = "";
  let assigned = "";

  // The item of an id in a list, opened by a person's own step.
  const open = async (who, view, id) => {
    await who.go(`/desk/lists?view=${view}`);
    const row = who.page.locator(`tr:has([title="${id}"])`);
    await row.waitFor();
    const text = await row.innerText();
    if (/\d{17}[\dX]|裴试/.test(text)) throw new Error(`a person stands in the list: ${text}`);
    await row.locator("button").first().click();
    await who.page.waitForSelector(".tools.ruled");
  };
  // Under the account that opened it.
  const recorded = async (office, id) => {
    const events = (await nation.ask(office, "trace", id)).events.map((line) => JSON.stringify(line));
    if (!events.some((line) => /opened .*operator=clerk/.test(line)))
      throw new Error(`that ${id} was opened is not recorded: ${events}`);
  };

  await step("a notice with its photograph", async () => {
    const name = `${numberOf(1)}.png`;
    await handIn(
      sender,
      "ad_hoc_report",
      "browser-4",
      noticesOf(prison, ["裴试戊"], "610802100", 1),
      [{ name, mimeType: "image/png", buffer: photograph() }],
    );
    first = (await nation.ask(prison, "submission", "browser-4")).rows[0].id;
    const who = await person(wrong, "clerk");
    await until("the photograph is there", async () => {
      const all = await items(wrong);
      return all.some((one) => one.id === first) && (await items(wrong, "--kind", "attachment")).length;
    });
    await open(who, "ad_hoc", first);
    await who.page.waitForFunction(() => {
      const one = document.querySelector(".photograph img");
      return one && one.naturalWidth > 0;
    });
    await recorded(wrong, first);
    await recorded(wrong, (await items(wrong, "--kind", "attachment"))[0].id);
    await look(who, "township-photograph");
  });

  await step("return it: not ours", async () => {
    const who = await person(wrong, "clerk");
    await who.button("退回").click();
    await who.dialog("退回", { 退回原因: "not-ours", 备注: "演练：户籍已迁出" });
    await who.dialogCloses();
    await until("the desk above has it", async () => {
      const one = (await items(county, "--kind", "unlinked_return")).find(
        (item) => item.origin === wrong && item.state === "inbox",
      );
      returned = one && one.id;
      return returned;
    });
    const mine = (await items(wrong)).find((one) => one.id === first);
    if (mine.continued_by !== returned) throw new Error(JSON.stringify(mine));
  });

  await step("assign it to another township", async () => {
    const who = await person(county, "clerk");
    await open(who, "unlinked", returned);
    await look(who, "county-returned");
    await who.button("指派").click();
    // By the initials of 鼓楼街道司法所.
    await who.dialog("指派", { 指派给: "gljd", 理由: "演练：现居鼓楼街道" });
    await who.dialogCloses();
    await until("the township has it", async () => {
      const one = (await items(right)).find((item) => item.origin === county);
      assigned = one && one.id;
      return assigned;
    });
    const mine = (await items(county)).find((one) => one.id === returned);
    if (mine.continued_by !== assigned) throw new Error(JSON.stringify(mine));
  });

  await step("correct what a notice says", async () => {
    const who = await person(wrong, "clerk");
    const before = (await items(prison, "--kind", "check_result")).length;
    const settled = (await items(wrong, "--kind", "ad_hoc_report")).find(
      (one) => one.state === "settled",
    );
    await who.go("/desk/lists?view=ad_hoc&state=all");
    await who.page.locator(`tr:has([title="${settled.id}"]) button`).first().click();
    await who.page.waitForSelector(".tools.ruled");
    await who.button("更正").click();
    await who.dialog("更正", { 户籍地址: "甲市乙区丙街道 8 号", 理由: "演练：门牌有误" });
    await who.dialogCloses();
    await until("the origin has it", async () => {
      return (await items(prison, "--kind", "check_result")).length > before;
    });
    await who.page.waitForFunction(() => document.body.innerText.includes("丙街道 8 号"));
    await look(who, "township-corrected");
  });
}
