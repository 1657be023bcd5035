// How fast the dashboard is with 200,000 queued envelopes, 3,000 offices and a full inbox, and what
// its viewers cost: node scale.mjs PROGRAMS [FOLDER to work in]. Fails where a page takes more than
// 300 ms from the click, a call it makes more than that, or a viewer costs 2 % of a core.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { openBrowser, openContext, sizes } from "./look.mjs";
import { wait } from "./rehearsal/nation.mjs";
import { Ground, processorSeconds, province } from "./scale/ground.mjs";
import { Person } from "./scale/person.mjs";
import { livePages, pages } from "./scale/pages.mjs";

const LIMIT_MS = 300;
const LIMIT_CORE = 0.02;
const ROUNDS = 10;
const VISITS = 5;
const seconds = Number(process.env.SCALE_SECONDS || 60);
const queued = Number(process.env.SCALE_QUEUED || 200_000);
const only = new RegExp(process.env.SCALE_ONLY || ".");

const faults = [];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const ms = (number) => `${number.toFixed(0)} ms`.padStart(9);
const say = (...cells) => console.log(cells.join("  "));

function hold(what, value, limit, shown) {
  if (value > limit) faults.push(`${what}: ${shown}`);
}

// Meanwhile: how long the daemon lets others wait for its shortest answer.
async function whileProbing(person, work) {
  let over = false;
  const waits = [];
  const probing = (async () => {
    while (!over) waits.push((await person.send("GET", "/ready")).ms);
  })();
  await Promise.all([probing, work().finally(() => (over = true))]);
  return Math.max(...waits);
}

async function timeCalls(ground, people, title) {
  say(`\n== HTTP calls, ${title}: median, worst of ${ROUNDS}; the others' longest wait meanwhile`);
  const done = new Set();
  for (const page of pages.filter((one) => only.test(one.path)))
    for (const call of page.calls(ground)) {
      if (done.has(call)) continue;
      done.add(call);
      const person = people[page.role];
      const times = [];
      let bytes = 0;
      const longest = await whileProbing(people.other, async () => {
        for (let round = 0; round < ROUNDS; ++round) {
          const said = await person.send("GET", call);
          const none = said.status === 404; // a test that was never run is an answer too
          if (said.status !== 200 && !none && !faults.includes(said.text)) faults.push(said.text);
          times.push(said.ms);
          bytes = said.bytes;
          await wait(20); // a moment for the probe, else it only ever queues behind this
        }
      });
      const middle = median(times);
      const size = `${(bytes / 1024).toFixed(0)} KiB`.padStart(10);
      say(ms(middle), ms(Math.max(...times)), ms(longest), size, call);
      hold(`${call}, ${title}`, middle, LIMIT_MS, `median ${middle.toFixed(0)} ms`);
    }
}

// From a click in the menu to the content painted, each time in a tab that knows nothing yet.
async function visit(context, ground, page) {
  const tab = await context.newPage();
  await tab.goto(`${ground.address}/me`);
  await tab.waitForSelector("nav#menu");
  await tab.waitForFunction(() => !document.querySelector(".loading"));
  await wait(300);
  const took = await tab.evaluate(
    ([path, shows]) =>
      new Promise((done) => {
        const begun = performance.now();
        const link = document.querySelector(`nav#menu a[href="${path}"]`);
        const painted = () => setTimeout(() => done(performance.now() - begun));
        const look = () => {
          const here = location.pathname === path && !document.querySelector("main .loading");
          if (here && document.querySelector(shows)) requestAnimationFrame(painted);
          else if (performance.now() - begun > 20000) done(20000);
          else requestAnimationFrame(look);
        };
        link.click();
        look();
      }),
    [page.path, page.shows],
  );
  await tab.close();
  return took;
}

async function timePages(browser, ground, people, title) {
  say(`\n== Pages in Chromium, ${title}: from click to painted, median and worst of ${VISITS}`);
  for (const page of pages.filter((one) => one.shows && only.test(one.path))) {
    const context = await openContext(browser, sizes[0], "zh");
    const [name, value] = people[page.role].cookie.split("=");
    await context.addCookies([{ name, value, url: ground.address }]);
    const times = [];
    for (let round = 0; round < VISITS; ++round) times.push(await visit(context, ground, page));
    const middle = median(times);
    say(ms(middle), ms(Math.max(...times)), page.path);
    hold(`page ${page.path}, ${title}`, middle, LIMIT_MS, `median ${middle.toFixed(0)} ms`);
    await context.close();
  }
}

// Processor seconds a second, of daemon and web process.
async function loadWith(ground, person, viewers, calls) {
  const streams = Array.from({ length: viewers }, () => person.watch(calls));
  await wait(viewers ? 3000 : 0); // what opening costs is measured above
  const pids = Object.values(ground.processes());
  const used = () => pids.map(processorSeconds);
  const [before, begun] = [used(), performance.now()];
  await wait(seconds * 1000);
  const took = (performance.now() - begun) / 1000;
  const load = used().map((now, at) => (now - before[at]) / took);
  streams.forEach((one) => one.close());
  const answers = streams.reduce((sum, one) => sum + one.answers, 0);
  return { load: load[0] + load[1], daemon: load[0], web: load[1], answers };
}

async function timeViewers(ground, people) {
  const percent = (share) => `${(share * 100).toFixed(2)} %`.padStart(8);
  say(`\n== Viewers, ${seconds} s each: percent of a core, daemon, web process; one viewer's share`);
  const quiet = await loadWith(ground, people.clerk, 0, []);
  say(percent(quiet.daemon), percent(quiet.web), "          nobody looks");
  for (const { name, calls } of livePages.filter((one) => only.test(one.name)))
    for (const viewers of [1, 5]) {
      const said = await loadWith(ground, people.clerk, viewers, calls);
      const share = (said.load - quiet.load) / viewers;
      const who = `${viewers} × ${name}, ${said.answers} answers`;
      say(percent(said.daemon), percent(said.web), percent(share), who);
      hold(`${viewers} viewers of ${name}`, share, LIMIT_CORE, `${percent(share)} of a core each`);
    }
}

async function peopleOf(ground) {
  const first = readFileSync(ground.at("accounts.json.first-password"), "utf8").trim();
  const admin = await new Person(ground.address).signIn("admin", first, "einsames Boot am Ufer 7");
  const people = { admin, other: new Person(ground.address) };
  for (const role of ["clerk", "auditor"]) {
    const made = { act: "add", account: role, name: role, role };
    const { one_time_password } = await admin.json("POST", "/api/accounts", made);
    people[role] = new Person(ground.address);
    await people[role].signIn(role, one_time_password, "ueber sieben Bruecken 9");
  }
  return people;
}

// Hands in 200 a second until told to end: a busy day, but the queue stays what was asked for.
function writer(ground) {
  let over = false;
  let count = 0;
  const done = (async () => {
    while (!over) {
      await ground.fill(province, ground.some.slice(0, 4), ["notice"], 200);
      count += 200;
      await wait(1000);
    }
  })();
  return async () => {
    over = true;
    await done;
    return count;
  };
}

const [programs, given] = process.argv.slice(2);
const folder = given || mkdtempSync(`${tmpdir()}/xianjie-scale-`);
const ground = new Ground(programs, folder);
let browser;
try {
  const begun = performance.now();
  await ground.setUp();
  await ground.begin(queued, Math.min(45_000, queued));
  const census = await ground.census();
  const took = ((performance.now() - begun) / 1000).toFixed(0);
  say(`${census.queued} queued, ${census.inbox} in the inbox, ${ground.below} offices below`);
  say(`set up in ${took} s`);
  const people = await peopleOf(ground);
  const listed = await people.clerk.json("GET", "/api/call/queue.envelopes?limit=1&state=ready");
  ground.one = listed.envelopes[0].id;
  browser = await openBrowser();
  await timeCalls(ground, people, "alone");
  await timePages(browser, ground, people, "alone");
  if (seconds) await timeViewers(ground, people);
  const enough = writer(ground);
  await timeCalls(ground, people, "beside a submit");
  await timePages(browser, ground, people, "beside a submit");
  say(`\n${await enough()} envelopes were handed in meanwhile`);
} catch (fault) {
  faults.push(fault.stack);
} finally {
  if (browser) await browser.close();
  await ground.stop();
  if (!given && !faults.length) rmSync(folder, { recursive: true });
}
if (faults.length) console.log(`\n${faults.length} faults (${folder}):\n${faults.join("\n")}`);
else console.log("\nall within the limits");
process.exit(faults.length ? 1 : 0);
