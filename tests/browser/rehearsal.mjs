// The dashboards of a small nation of real daemons: signs in at its offices, compares every page
// with the command line's answer, acts through the pages and finds the effect by the command line,
// stops an office and sees it from its neighbours. Fails on what visit.mjs fails on, too.
//
//   node tests/browser/rehearsal.mjs PROGRAMS [FOLDER for screenshots]
//
// PROGRAMS: where xianjie and xianjied stand. It takes four minutes on an idle machine.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { examine, openBrowser, openContext, sizes } from "./look.mjs";
import { act, faultsOf } from "./rehearsal/acts.mjs";
import { Nation, until, wait } from "./rehearsal/nation.mjs";
import { administration, auditing, desk, monitoring } from "./rehearsal/pages.mjs";
import { pass } from "./rehearsal/passing.mjs";
import { Person } from "./rehearsal/person.mjs";

const [programs, shots = ""] = process.argv.slice(2);
if (!programs) {
  console.error("usage: node rehearsal.mjs PROGRAMS [FOLDER for screenshots]");
  process.exit(2);
}
if (shots) mkdirSync(shots, { recursive: true });

const OFFICES = 10;
const OWN = "Hold-7-lanterns!"; // everybody's, once the first one has been changed
const SAME_WITHIN = 45; // seconds: answers are live, and others act meanwhile
const faults = [];
let passed = 0;
const began = Date.now();
const told = (line) => console.log(`${Math.round((Date.now() - began) / 1000)} s  ${line}`);

async function step(name, run) {
  const before = faults.length;
  try {
    await run();
  } catch (fault) {
    faults.push(`${name}: ${String(fault).split("\n").slice(0, 4).join(" ")}`);
  }
  if (faults.length === before) passed += 1;
  told(faults.length === before ? name : `${name}: FAILED ${faults.slice(before).join(" | ")}`);
}

const folder = mkdtempSync(`${tmpdir()}/xianjie-browser-`);
const nation = new Nation(programs, `${folder}/nation`);
const browser = await openBrowser();
const people = new Map();

// By name: the same person comes back with the same browser. Deaths end sessions.
async function person(office, account) {
  const key = `${account} ${office}`;
  if (!people.has(key)) {
    const page = await (await openContext(browser, sizes[0], "zh")).newPage();
    page.setDefaultTimeout(60000);
    people.set(key, new Person(nation, office, account, page, faults));
  }
  return people.get(key);
}

// The first password works once; then this administrator makes the accounts of other roles.
async function open(office, roles) {
  await nation.webIsUp(office);
  const admin = await person(office, "admin");
  await admin.signIn(nation.firstPassword(office), OWN);
  for (const role of roles) {
    const once = await admin.addAccount(role, "试用", role);
    const one = await person(office, role);
    await one.signIn(once, OWN);
    await one.rest();
  }
  return admin;
}

// Asked on both sides until they say the same.
async function compare(who, one, more) {
  let last = "";
  await until(
    "page and command line say the same",
    async () => {
      const pairs = await one.same(who, (...words) => nation.ask(who.office, ...words), more);
      last = pairs
        .filter(([, shown, said]) => shown !== said)
        .map(([what, shown, said]) => `${what}: shown ${shown}, said ${said}`)
        .join(", ");
      if (last) await who.refresh();
      return !last;
    },
    SAME_WITHIN,
  ).catch(() => {
    throw new Error(last || "cannot be compared");
  });
}

// Both sizes, both languages; axe once a size.
async function look(who, name) {
  const { page } = who;
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const language of ["zh", "en"]) {
      await who.speak(language);
      if (shots)
        await page.screenshot({
          path: `${shots}/${name}-${size.width}-${language}.png`,
          fullPage: true,
        });
      for (const fault of await examine(page, language, language === "zh"))
        faults.push(`${name} at ${who.office}, ${size.width}, ${language}: ${fault}`);
    }
    await who.speak("zh");
  }
  await page.setViewportSize(sizes[0]);
}

async function visit(office, account, pages, more) {
  const who = await person(office, account);
  for (const one of pages)
    await step(`${one.name}, ${who}`, async () => {
      who.expected = one.expected || /^$/;
      await who.go(one.path);
      if (one.steps) await one.steps(who);
      await compare(who, one, more);
      await look(who, `${office.split(":")[0]}-${one.name}`);
      who.expected = /^$/;
    });
  await who.rest();
}

try {
  await nation.begun(OFFICES);
  told("daemons and dashboards are there; the month runs");
  await nation.monthIsOver();
  told("the month is over, deaths among its daemons included");

  const roles = {
    "ministry:000000": ["viewer", "security-administrator"],
    "prison:430000-01": ["clerk", "operator"],
    "county:610802": ["clerk", "auditor"],
    "township:610802100": ["clerk", "viewer"],
  };
  for (const [office, list] of Object.entries(roles))
    await step(`accounts at ${office}`, async () => {
      const admin = await open(office, list);
      await admin.go("/accounts");
      await compare(admin, administration[0], { accounts: ["admin", ...list] });
      if (office === "ministry:000000") await look(admin, "ministry-accounts");
    });

  await act({ nation, person, step, look });
  await pass({ nation, person, step, look });
  for (const one of people.values()) await one.rest();
  await visit("prison:430000-01", "operator", monitoring);
  await visit("ministry:000000", "viewer", monitoring);
  await visit("ministry:000000", "security-administrator", administration.slice(1));
  await visit("county:610802", "clerk", desk);
  await visit("county:610802", "auditor", auditing);
  await faultsOf({ nation, person, step, look, password: OWN });

  await step("the month, as the rehearsal accounts for it", async () => {
    const account = await nation.stop();
    if (!account || !account.closed) throw new Error(`not closed: ${nation.told}`);
    if (account.kills !== 5) throw new Error(`${account.kills} deaths, 5 were asked for`);
  });
} catch (fault) {
  faults.push(String(fault.stack || fault));
} finally {
  await browser.close();
  await nation.stop();
  if (faults.length) console.log(`kept: ${folder}`);
  else rmSync(folder, { recursive: true });
}
await wait(0);
for (const fault of faults) console.log(fault);
told("");
console.log(`${passed} passed, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
