// A server of made-up answers for the dashboard: the routes of node/web/README.md, its headers, four
// modes: good, empty, error, huge. Whoever signs in has the role that the account is called.
//
//   node tests/browser/mock/server.mjs [MODE] [PORT]
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import * as main from "./answers.mjs";
import * as queues from "./answers_queues.mjs";
import * as desk from "./answers_desk.mjs";
import * as about from "./answers_offices.mjs";
import { photograph } from "./photograph.mjs";
import { words } from "./words.mjs";

const dist = fileURLToPath(new URL("../../../ops/dashboard/dist/", import.meta.url));
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const types = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

const looks = [
  "overview",
  "queue.census",
  "queue.envelopes",
  "rates",
  "links",
  "trace",
  "report.status",
  "due",
  "exchange.score",
  "network",
  "directory.status",
  "month.status",
  "offices",
  "inbox.list",
  "media.list",
  "ledger",
];
const operates = ["queue.hold", "queue.release", "queue.requeue", "queue.expire"];
const clerkActs = [
  "inbox.show",
  "inbox.collect",
  "inbox.settle",
  "inbox.assign",
  "inbox.return",
  "inbox.answer",
  "inbox.arrived",
  "inbox.correct",
  "inbox.add",
  "inbox.attachment",
  "inbox.export",
  "submit",
  "submission",
  "attach",
  "report.send",
  "urge",
  "month.close",
  "month.bulletin",
];
const may = {
  viewer: looks,
  clerk: [...looks, ...clerkActs],
  operator: [...looks, ...operates, "media.export", "media.import"],
  administrator: ["overview", "accounts", "accounts.add", "accounts.remove", "accounts.reset"],
  security_administrator: [
    "overview",
    "accounts",
    "accounts.role",
    "accounts.lock",
    "accounts.unlock",
    "accounts.second-factor-off",
    "accounts.log",
  ],
  auditor: [...looks, "audit.list", "audit.verify", "evidence.export", "accounts.log"],
};

may.township = may.clerk; // a clerk of a township

export function start({ mode = "good", port = 0 } = {}) {
  const all = main.offices(mode === "huge" ? 3000 : 60);
  const sockets = new Set();
  const whoIs = (role) =>
    all.find(
      (one) =>
        one.office ===
        (role === "clerk"
          ? "county:610102"
          : role === "township"
            ? "township:610102003"
            : "province:610000"),
    );

  function answer(command, options, role) {
    const who = whoIs(role);
    if (mode === "error")
      throw { status: 503, code: "retry", text: `${command}: the store is busy; try again in 2 s` };
    switch (command) {
      case "overview":
        return main.overview(mode, who);
      case "queue.census":
        return queues.census(mode, who, all, options);
      case "queue.envelopes":
        return queues.envelopes(mode, who, all, options);
      case "rates":
        return queues.rates(mode, who, all);
      case "links":
        return queues.links(mode, who, all);
      case "trace":
        if (!/^[0-9a-f]{32}$/.test(options.id))
          throw {
            status: 404,
            code: "not_found",
            text: "not_found: no such envelope at this office",
          };
        return queues.trace(options.id, who);
      case "report.status":
        return about.reportStatus(mode, who, all, options);
      case "due":
        return about.due(mode, who, all, options);
      case "exchange.score":
        if (mode === "empty")
          throw {
            status: 404,
            code: "not_found",
            text: "not_found: this plan was never run here; `exchange-test run`",
          };
        return about.score(mode, who, all);
      case "network":
        return about.network(mode, who, all);
      case "audit.list":
        return about.audit(mode, options);
      case "audit.verify":
        return about.verified;
      case "directory.status":
        return about.directoryStatus;
      case "offices":
        return { directory_version: 128, offices: all };
      default:
        return desk.answer(command, options, { mode, who, all });
    }
  }

  async function handle(request, response) {
    const url = new URL(request.url, "http://localhost");
    const role = (/role=(\w+)/.exec(request.headers.cookie || "") || [])[1];
    const fresh = /fresh=1/.test(request.headers.cookie || "");
    const headers = {
      "Content-Security-Policy": CSP,
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    };
    const say = (value, status = 200, more = {}) => {
      response.writeHead(status, {
        ...headers,
        "Content-Type": "application/json; charset=utf-8",
        ...more,
      });
      response.end(JSON.stringify(value));
    };
    const fail = (fault) =>
      say(
        { error: { code: fault.code || "io", text: fault.text || String(fault) } },
        fault.status || 500,
      );
    const session = (as) => {
      const who = whoIs(as);
      const base = {
        signed_in: !!as,
        office: who.office,
        name: who.name,
        rehearsal: mode === "empty",
      };
      return as
        ? {
            ...base,
            account: as,
            role: as === "township" ? "clerk" : as,
            may: may[as],
            token: "t",
            must_change_password: as !== role ? false : fresh,
            second_factor: false,
          }
        : base;
    };
    let body = {};
    if (request.method === "POST") {
      const parts = [];
      for await (const part of request) parts.push(part);
      try {
        body = JSON.parse(Buffer.concat(parts).toString() || "{}");
      } catch {
        body = {};
      }
    }
    const path = url.pathname;
    const query = Object.fromEntries(url.searchParams);
    if (!path.startsWith("/api/")) {
      const name = /^\/app\.(js|css)$/.test(path) ? path.slice(1) : "index.html";
      response.writeHead(200, { ...headers, "Content-Type": types[name.split(".")[1]] });
      return response.end(readFileSync(dist + name));
    }
    if (path === "/api/session") return say(session(role));
    if (path === "/api/sign-in") {
      if (!may[body.account])
        return fail({ status: 401, code: "sign_in", text: "account or password is wrong" });
      return say(session(body.account), 200, { "Set-Cookie": `role=${body.account}; Path=/` });
    }
    if (path === "/api/sign-out") return say({}, 200, { "Set-Cookie": "role=; Path=/; Max-Age=0" });
    if (!role) return fail({ status: 401, code: "sign_in", text: "sign in first" });
    if (path === "/api/accounts/log") return say(about.accountLog);
    if (path === "/api/password")
      return say({ ...session(role), must_change_password: false }, 200, {
        "Set-Cookie": "fresh=; Path=/; Max-Age=0",
      });
    if (path === "/api/second-factor")
      return say(
        body.code || body.off
          ? { second_factor: !body.off }
          : {
              secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
              uri: "otpauth://totp/Xianjie:clerk@county%3A610102?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Xianjie",
            },
      );
    if (path === "/api/words") return say(words);
    if (path === "/api/accounts")
      return say(
        request.method === "GET"
          ? about.accounts(mode)
          : {
              account: body.account,
              one_time_password: ["add", "reset"].includes(body.act)
                ? "Kw7-mR2x-9fTq-Lz4b"
                : undefined,
            },
      );
    if (path === "/api/live") return live(url, request, response, role, headers);
    const [, , door, command] = path.split("/");
    try {
      if (door === "call")
        return say(answer(command, request.method === "POST" ? body.options || {} : query, role));
      response.writeHead(200, { ...headers, "Content-Type": "application/octet-stream" });
      return response.end(command === "inbox.attachment" ? photograph() : "file\n");
    } catch (fault) {
      return fail(fault);
    }
  }

  function live(url, request, response, role, headers) {
    response.writeHead(200, { ...headers, "Content-Type": "text/event-stream" });
    for (const call of url.searchParams.getAll("call")) {
      const [command, text = ""] = call.split("?");
      let said;
      try {
        said = {
          call,
          answer: answer(command, Object.fromEntries(new URLSearchParams(text)), role),
        };
      } catch (fault) {
        said = { call, error: { code: fault.code || "io", text: fault.text || String(fault) } };
      }
      response.write(`event: answer\ndata: ${JSON.stringify(said)}\n\n`);
    }
    // For the test of live pages: one more is accepted and delivered.
    if (/moving=1/.test(request.headers.cookie || ""))
      setTimeout(() => {
        const said = answer("overview", {}, role);
        said.month.accepted += 1;
        said.month.delivered += 1;
        response.write(
          `event: answer\ndata: ${JSON.stringify({ call: "overview", answer: said })}\n\n`,
        );
      }, 500);
    const ping = setInterval(() => response.write("event: ping\ndata: {}\n\n"), 15000);
    request.on("close", () => clearInterval(ping));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((fault) => {
      response.writeHead(500);
      response.end(String(fault && fault.stack));
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  return new Promise((done) => {
    server.listen(port, "127.0.0.1", () =>
      done({
        address: `http://127.0.0.1:${server.address().port}`,
        stop() {
          server.close();
          sockets.forEach((socket) => socket.destroy());
        },
      }),
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await start({ mode: process.argv[2], port: Number(process.argv[3] || 0) });
  console.log(address);
}
