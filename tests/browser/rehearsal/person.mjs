// Somebody at a browser: signs in at an office, goes to pages, reads their tables, fills in dialogs.
import { until } from "./nation.mjs";

export class Person {
  constructor(nation, office, account, page, faults) {
    Object.assign(this, { nation, office, account, page });
    this.expected = /^$/; // errors on the console that a step provokes
    const note = (text) => this.expected.test(text) || faults.push(`${this}: ${text}`);
    page.on("console", (said) => said.type() === "error" && note(`console: ${said.text()}`));
    page.on("pageerror", (fault) => note(fault.stack || String(fault)));
  }
  toString() {
    return `${this.account} at ${this.office}`;
  }

  // With a one-time password, it must be changed at once.
  async signIn(password, own) {
    const { page } = this;
    await page.goto(`${this.nation.address(this.office)}/`);
    await page.fill("input[autocomplete=username]", this.account);
    await page.fill("input[autocomplete=current-password]", password);
    await page.click("button[type=submit]");
    if (own) {
      await page.waitForSelector("input[autocomplete=new-password]");
      await page.fill("input[autocomplete=current-password]", password);
      await page.fill("input[autocomplete=new-password] >> nth=0", own);
      await page.fill("input[autocomplete=new-password] >> nth=1", own);
      await page.click("button[type=submit]");
    }
    await page.waitForSelector("nav#menu");
    this.password = own || password;
  }

  async go(path) {
    await this.page.goto(this.nation.address(this.office) + path);
    await this.page.waitForSelector("main h1");
    await this.settled();
  }
  // Nothing is being loaded any more.
  async settled() {
    await this.page.waitForFunction(() => !document.querySelector(".loading"));
  }

  // For pages that ask once: their own button for it.
  async refresh() {
    const again = this.page.locator(".filters button").filter({ hasText: "刷新" });
    if (await again.count()) await again.first().click();
  }
  // Looks at nothing: a page that is open is drawn anew with every answer.
  rest() {
    return this.page.goto("about:blank");
  }
  async speak(language) {
    const now = await this.page.evaluate(() => localStorage.getItem("language"));
    if (now !== language)
      await this.page.click(`button[lang=${now === "zh" ? "en" : "zh-CN"}]`);
    await this.page.waitForTimeout(100);
  }

  // The rows of a table by its caption: each a record of its columns' titles to what is shown.
  table(caption) {
    return this.page.evaluate((wanted) => {
      const found = [...document.querySelectorAll("table")].find(
        (one) => one.caption && one.caption.textContent === wanted,
      );
      if (!found) return null;
      // A unit stands beside the title, the exact time beside the relative one.
      const plain = (cell) => {
        const copy = cell.cloneNode(true);
        copy.querySelectorAll(".unit, .arrow, .mark, .vh").forEach((one) => one.remove());
        return copy.textContent.trim();
      };
      const titles = [...found.tHead.rows[0].cells].map(plain);
      return [...found.tBodies[0].rows]
        .filter((row) => !row.querySelector("td.none"))
        .map((row) => {
          const out = { ids: [...row.querySelectorAll("code, [title]")].map((one) => one.title || one.textContent).join(" ") };
          [...row.cells].forEach((cell, at) => (out[titles[at]] = plain(cell)));
          return out;
        });
    }, caption);
  }
  // A figure by its label, in a panel by its heading.
  figure(panel, label) {
    return this.page.evaluate(
      ([heading, wanted]) => {
        const group = [...document.querySelectorAll("section, .group")].filter((one) => {
          const title = one.querySelector("h2, h3");
          return title && title.textContent.startsWith(heading);
        });
        for (const one of group.reverse())
          for (const figure of one.querySelectorAll(".figure"))
            if (figure.querySelector("dt").textContent === wanted)
              return figure.querySelector(".value").textContent.replace(/,/g, "");
        return null;
      },
      [panel, label],
    );
  }

  // The month that the overview is about: 2026-12.
  async period() {
    const [year, month] = (await this.page.innerText(".page-head .lead")).match(/\d+/g);
    return `${year}-${month.padStart(2, "0")}`;
  }

  button(text) {
    return this.page.locator("main button:visible, main a.button:visible").filter({ hasText: text });
  }
  // Fills the open dialog in by its labels and does what it asks.
  async dialog(verb, fields = {}) {
    const box = this.page.locator("dialog[open]");
    for (const [label, value] of Object.entries(fields)) {
      const field = box.locator(".field", { has: this.page.locator(`label:has-text("${label}")`) });
      const input = field.locator("input, textarea, select").first();
      if ((await input.evaluate((one) => one.tagName)) === "SELECT")
        await input.selectOption(value);
      else await input.fill(value);
      if ((await input.getAttribute("role")) === "combobox")
        await field.locator("[role=option]").first().click();
    }
    const act = box.locator(".dialog-foot button[type=submit]").filter({ hasText: verb });
    await until(`${this}: ${verb} can be pressed`, () => act.isEnabled(), 30);
    await act.click();
  }
  async dialogCloses() {
    const box = this.page.locator("dialog[open]");
    await until(`${this}: the dialog closes`, async () => {
      if (!(await box.count())) return true;
      const trouble = box.locator(".note.bad");
      if (await trouble.count()) throw new Error(await trouble.innerText());
      return false;
    });
  }

  // An account of a role, made by this person; its one-time password.
  async addAccount(account, name, role) {
    await this.go("/accounts");
    await this.button("新增账号").click();
    await this.dialog("新增账号", { 账号: account, 姓名: name, 角色: role });
    const shown = this.page.locator("dialog .one-time code");
    await shown.waitFor();
    const password = await shown.innerText();
    await this.page.click("dialog .dialog-foot button");
    return password;
  }
}
