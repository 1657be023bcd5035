// Visits every page of the dashboard against the made-up server: 1440 and 390 px, Chinese and
// English, good, empty, error and huge. Fails on console errors, a document wider than its window,
// serious axe findings, keys shown in place of text, Chinese pages with words left in English.
//
//   node tests/browser/visit.mjs [FOLDER for screenshots] [pattern of the names to visit]
import { mkdirSync } from "node:fs";
import { examine, openBrowser, openContext, sizes } from "./look.mjs";
import { start } from "./mock/server.mjs";
import { visits } from "./visits.mjs";

const folder = process.argv[2] || "";
const only = process.argv[3] || "";
if (folder) mkdirSync(folder, { recursive: true });
const faults = [];
let passed = 0;

const browser = await openBrowser();

async function visit(server, mode, size, language, one) {
  const name = [one.name, mode, size.width, language].join("-");
  const context = await openContext(browser, size, language, {
    colorScheme: one.dark ? "dark" : "light",
  });
  const cookies = one.role ? [{ name: "role", value: one.role, url: server.address }] : [];
  if (one.fresh) cookies.push({ name: "fresh", value: "1", url: server.address });
  if (cookies.length) await context.addCookies(cookies);
  const page = await context.newPage();
  page.on("console", (said) => {
    if (said.type() !== "error" || (mode === "error" && /503/.test(said.text()))) return;
    if (one.expected && one.expected.test(said.text())) return;
    faults.push(`${name}: console: ${said.text()}`);
  });
  page.on("pageerror", (fault) => faults.push(`${name}: ${fault.stack || fault}`));
  const before = faults.length;
  try {
    await page.goto(server.address + one.path);
    await page.waitForSelector("h1");
    await page.waitForTimeout(120);
    if (one.steps) await one.steps(page);
    await page.waitForTimeout(150);
    if (folder)
      await page.screenshot({
        path: `${folder}/${name}.png`,
        fullPage: mode !== "huge" && !one.window,
      });
    // huge: the same elements as in good, thousands of them
    for (const fault of await examine(page, language, mode !== "huge"))
      faults.push(`${name}: ${fault}`);
  } catch (fault) {
    faults.push(`${name}: ${String(fault).split("\n").slice(0, 4).join(" ")}`);
  }
  if (faults.length === before) passed += 1;
  await context.close();
}

const began = Date.now();
for (const mode of ["good", "empty", "error", "huge"]) {
  const server = await start({ mode });
  for (const one of visits.filter(
    (each) => new RegExp(only).test(each.name) && (each.modes || ["good"]).includes(mode),
  ))
    for (const size of sizes)
      for (const language of mode === "good" ? ["zh", "en"] : ["zh"])
        if (!one.sizes || one.sizes.includes(size.width))
          await visit(server, mode, size, language, one);
  server.stop();
}
await browser.close();
for (const fault of faults) console.log(fault);
console.log(`${Math.round((Date.now() - began) / 1000)} s`);
console.log(`${passed} passed, ${new Set(faults.map((fault) => fault.split(":")[0])).size} failed`);
process.exit(faults.length ? 1 : 0);
