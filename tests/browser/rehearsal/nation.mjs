// A nation of real daemons with their dashboards, by `xianjie rehearse --dashboards`, and the
// command line of each of its offices.
import { execFile, spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
export const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// Until `probe` answers something, asked again and again; what it said last stands in the error.
export async function until(what, probe, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    let said;
    try {
      said = await probe();
      if (said) return said;
    } catch (fault) {
      said = fault;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s (${said})`);
    await wait(250);
  }
}

export class Nation {
  constructor(programs, folder) {
    this.program = `${programs}/xianjie`;
    this.folder = folder;
    this.told = "";
    this.account = "";
    this.process = spawn(
      this.program,
      [
        ...["--json", "rehearse", "--dashboards", "--keep", folder],
        ...["--seconds-per-day", "20", "--kill", "5"],
        ...["--nation", here("nation.toml"), "--notices", here("notices.csv")],
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.process.stderr.on("data", (bytes) => (this.told += bytes));
    this.process.stdout.on("data", (bytes) => (this.account += bytes));
    this.ended = new Promise((done) => this.process.on("exit", (code) => done(code)));
    this.ended.then((code) => (this.code = code));
  }

  of(office) {
    return `${this.folder}/offices/${office.replace(":", "-")}`;
  }
  offices() {
    const folder = `${this.folder}/offices`;
    return existsSync(folder) ? readdirSync(folder) : [];
  }
  async begun(count) {
    await until("all dashboards", () => {
      if (this.code !== undefined) throw new Error(`the rehearsal ended: ${this.told}`);
      const all = this.offices();
      return (
        all.length === count &&
        all.every((one) => existsSync(`${this.folder}/offices/${one}/accounts.json.port`))
      );
    });
  }
  monthIsOver() {
    return until("the month's end", () => /the month is over/.test(this.told), 300);
  }
  address(office) {
    const port = readFileSync(`${this.of(office)}/accounts.json.port`, "utf8").trim();
    return `http://127.0.0.1:${port}`;
  }
  firstPassword(office) {
    return readFileSync(`${this.of(office)}/accounts.json.first-password`, "utf8").trim();
  }

  webIsUp(office) {
    return until(`the dashboard of ${office}`, async () => {
      const said = await fetch(`${this.address(office)}/health`);
      return said.ok;
    });
  }

  // What the command line says of an office. An error is an answer too: `{error}`.
  ask(office, ...words) {
    return new Promise((done, failed) => {
      execFile(
        this.program,
        ["--config", `${this.of(office)}/office.toml`, "--json", ...words],
        { maxBuffer: 64 << 20, timeout: 60000 },
        (fault, out, err) => {
          try {
            done(JSON.parse(out.trim().split("\n").pop()));
          } catch {
            failed(fault || new Error(`xianjie ${words.join(" ")}: ${out} ${err}`));
          }
        },
      );
    });
  }

  // The processes of an office: its daemon, and the dashboard's beside it.
  processes(office) {
    const config = `${this.of(office)}/office.toml`;
    const found = { daemon: 0, web: 0 };
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      let words;
      try {
        words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      } catch {
        continue; // gone meanwhile
      }
      if (!/xianjied$/.test(words[0]) || !words.includes(config)) continue;
      found[words.includes("--web") ? "web" : "daemon"] = Number(pid);
    }
    return found;
  }

  // As by Ctrl-C; the month's account, or null.
  async stop() {
    if (this.code === undefined) this.process.kill("SIGINT");
    await this.ended;
    const last = this.account.trim().split("\n").pop();
    return last ? JSON.parse(last) : null;
  }
}
