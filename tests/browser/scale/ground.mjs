// A province with all its offices in the directory, 200,000 envelopes in its queues and a full inbox:
// real keys, a directory signed as holders sign it, a real daemon with its web process. Its neighbours
// do not run, so what is queued stays; only a prison did, to fill the inbox and a part of the queues.
import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { until } from "../rehearsal/nation.mjs";

const codes = fileURLToPath(new URL("../../../routing/data/codes.csv", import.meta.url));
const types = { 2: "prefecture", 3: "county", 4: "township" };
const kept = "2026-01-01T00:00:00+08:00";
export const province = "province:510000";
const prison = "prison:510000-01";

// [{id, name, parent}]: the country's office, the province's, a prison of it, and all below.
function officesOf(code) {
  const id = { [code]: province };
  const out = [
    { id: "ministry:000000", name: "司法部", parent: "" },
    { id: province, name: "四川省司法厅", parent: "ministry:000000" },
    { id: prison, name: "四川省第一监狱", parent: province },
  ];
  for (const line of readFileSync(codes, "utf8").split("\n")) {
    const [at, name, level, status, parent] = line.split(",");
    if (!id[parent] || status !== "current" || !types[level]) continue;
    id[at] = `${types[level]}:${at}`;
    out.push({ id: id[at], name: level === "4" ? `${name}司法所` : `${name}司法局`, parent: id[parent] });
  }
  return out;
}

const raw = (type) =>
  Buffer.from(generateKeyPairSync(type).publicKey.export({ format: "jwk" }).x, "base64url").toString("hex");

// Keys of an office that never runs: nobody has their secret half.
const strangersKeys = (office) => ({
  ...{ office, key_id: 1, valid_from: kept },
  ...{ signing: raw("ed25519"), sealing: raw("x25519"), link: raw("x25519") },
});

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

export class Ground {
  constructor(programs, folder) {
    Object.assign(this, { programs, folder, running: [] });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  at(name) {
    return `${this.folder}/${name}`;
  }
  named(office) {
    return this.at(office.replace(":", "-"));
  }

  // What the command line says, as JSON; of an office with `--config`.
  cli(words, office) {
    const all = ["--json", ...(office ? ["--config", `${this.named(office)}.toml`] : []), ...words];
    return new Promise((done, failed) => {
      execFile(`${this.programs}/xianjie`, all, { maxBuffer: 1 << 28 }, (fault, out, err) => {
        if (fault) return failed(new Error(`xianjie ${words.slice(0, 4).join(" ")}: ${out} ${err}`));
        done(JSON.parse(out.trim().split("\n").pop() || "null"));
      });
    });
  }

  async setUp() {
    const offices = officesOf("510000");
    this.below = offices.length - 2;
    this.townships = offices.map((one) => one.id).filter((id) => id.startsWith("township:"));
    const own = [province, prison];
    const keys = offices.filter((one) => !own.includes(one.id)).map((one) => strangersKeys(one.id));
    for (const office of own) {
      const file = `${this.named(office)}.keys`;
      await this.cli(["keys", "generate", "--office", office, "--output", file]);
      keys.push(await this.cli(["keys", "show", file, "--valid-from", kept]));
    }
    const lines = keys.map((one) => JSON.stringify(one)).join("\n");
    writeFileSync(this.at("keys.json"), `${lines}\n`);
    const nation = offices.map(
      ({ id, name, parent }) =>
        `[[office]]\nid = "${id}"\nname = "${name}"\n${parent && `parent = "${parent}"\n`}`,
    );
    writeFileSync(this.at("nation.toml"), nation.join("\n"));
    const channel = { class: "vpn", networks: ["127.0.0.0/8"], endpoint: "" };
    const channels = Object.fromEntries(offices.map((one) => [one.id, channel]));
    channels[province] = { ...channel, endpoint: `tcp://127.0.0.1:${await freePort()}` };
    writeFileSync(this.at("channels.json"), JSON.stringify(channels));
    await this.publish(own);
  }

  async publish(own) {
    const [root, list, holder] = ["root.xjr", "list.xjs", "holder.key"].map((name) => this.at(name));
    const shown = await this.cli(["directory", "holder-key", "--output", holder]);
    const roles = ["--root", "--snapshot", "--timestamp", "--deny"].flatMap((one) => [one, shown.public]);
    await this.cli(["directory", "init", ...roles, "--rehearsal", "--output", root]);
    const signed = await this.cli(["directory", "sign", root, "--holder-key", holder]);
    const from = ["--offices", this.at("nation.toml"), "--keys-json", this.at("keys.json")];
    const more = ["--channels", this.at("channels.json"), "--rehearsal", "--valid-days", "0"];
    await this.cli(["directory", "draft", ...from, ...more, "--version", "1", "--output", list]);
    await this.cli(["directory", "sign", list, "--holder-key", holder]);
    const put = ["--snapshot", list, "--timestamp-key", holder, "--hours", "87600", "--root", root];
    await this.cli(["directory", "publish", ...put, "--output", this.at("directory.xjd")]);
    for (const office of own) {
      copyFileSync(this.at("directory.xjd"), `${this.named(office)}.xjd`);
      writeFileSync(`${this.named(office)}.toml`, this.config(office, signed.fingerprint));
    }
  }

  config(office, root) {
    const name = office.replace(":", "-");
    return `office = "${office}"
keys = "${name}.keys"
directory = "${name}.xjd"
root = "${root}"
store = "${name}.store"
archive = "${name}.audit"
api = "${this.named(office)}.sock"

[limits]
store_bytes = ${4 * 2 ** 30}

[rehearsal]
start = "2026-12-12T08:00:00+08:00"
real_epoch = "${new Date().toISOString().slice(0, 19)}+00:00"
rate = 1.0
${office === province ? `\n[web]\nlisten = "127.0.0.1:0"\naccounts = "accounts.json"\n` : ""}`;
  }

  // Until it answers. The web process is the daemon's own child.
  async start(office) {
    const log = openSync(`${this.named(office)}.log`, "a");
    const config = `${this.named(office)}.toml`;
    const daemon = spawn(`${this.programs}/xianjied`, ["--config", config], { stdio: ["ignore", log, log] });
    daemon.over = new Promise((done) => daemon.on("exit", done));
    this.running.push(daemon);
    await until(`${office} (${this.named(office)}.log)`, () => this.cli(["status"], office));
    return daemon;
  }
  async stop() {
    for (const daemon of this.running.splice(0)) {
      daemon.kill("SIGTERM");
      await daemon.over;
    }
  }

  // Handed in at an office; every one must have been taken.
  async fill(office, to, kinds, count) {
    const words = ["--to", to.join(","), "--kinds", kinds.join(","), "--count", String(count)];
    const said = await this.cli(["bench", "fill", ...words], office);
    if (said.refused) throw new Error(`${office}: ${said.refused} refused: ${said.reason}`);
  }

  async begin(queued, inbox) {
    this.daemon = await this.start(province);
    // Some hundred destinations, every prefecture on the way of a few.
    this.some = this.townships.filter((_, at) => at % 31 === 0);
    const feeder = await this.start(prison);
    await this.fill(prison, [province], ["pre_release_notice"], inbox);
    await this.fill(prison, this.some, ["pre_release_notice", "ad_hoc_report"], queued / 4);
    const here = async () => {
      const said = await this.census();
      return said.inbox >= inbox && said.queued >= queued / 4;
    };
    await until("the prison's mail", here, 180);
    feeder.kill("SIGTERM");
    await feeder.over;
    this.running = [this.daemon];
    await this.fill(province, this.some, ["notice", "collaboration_notice", "alert"], queued * 0.75);
    await until("all of it counted", async () => (await this.census()).queued >= queued, 60);
    await until("the dashboard", () => existsSync(this.at("accounts.json.port")));
    const port = readFileSync(this.at("accounts.json.port"), "utf8").trim();
    this.address = `http://127.0.0.1:${port}`;
  }

  async census() {
    const { totals } = await this.cli(["queue", "census"], province);
    const { gated, ready, sent, deferred } = totals;
    return { ...totals, queued: gated + ready + sent + deferred };
  }

  // The daemon's process and its child with --web.
  processes() {
    const children = readFileSync(`/proc/${this.daemon.pid}/task/${this.daemon.pid}/children`, "utf8");
    const web = children.trim().split(" ").map(Number).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("--web"),
    );
    return { daemon: this.daemon.pid, web };
  }
}

// Seconds of processor that a process with its threads has had.
export function processorSeconds(pid) {
  const after = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  return (Number(after[11]) + Number(after[12])) / 100;
}
