// Somebody signed in at the dashboard's server, without a browser: calls, timed, and live streams.
import { Agent, request } from "node:http";

export class Person {
  constructor(address) {
    this.address = new URL(address);
    this.agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.cookie = "";
    this.token = "";
  }

  // {status, text, ms, bytes, headers}: until the last byte is here.
  send(method, path, body, headers = {}) {
    const all = { Cookie: this.cookie, "X-Xianjie-Token": this.token, ...headers };
    if (body !== undefined) all["Content-Type"] = "application/json";
    const options = { host: this.address.hostname, port: this.address.port, agent: this.agent };
    const begun = performance.now();
    return new Promise((done, failed) => {
      const sent = request({ ...options, method, path, headers: all }, (answer) => {
        const pieces = [];
        answer.on("data", (piece) => pieces.push(piece));
        answer.on("error", failed);
        answer.on("end", () => {
          const bytes = Buffer.concat(pieces);
          const ms = performance.now() - begun;
          const { statusCode: status, headers: said } = answer;
          done({ status, text: bytes.toString(), ms, bytes: bytes.length, headers: said });
        });
      });
      sent.on("error", failed);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
  async good(method, path, body) {
    const said = await this.send(method, path, body);
    if (said.status !== 200) throw new Error(`${method} ${path}: ${said.status} ${said.text}`);
    return said;
  }
  async json(method, path, body) {
    return JSON.parse((await this.good(method, path, body)).text);
  }

  // With a one-time password, which is changed at once to `own`.
  async signIn(account, password, own) {
    const said = await this.good("POST", "/api/sign-in", { account, password, code: "" });
    this.cookie = said.headers["set-cookie"][0].split(";")[0];
    this.token = JSON.parse(said.text).token;
    if (own) this.token = (await this.json("POST", "/api/password", { old: password, new: own })).token;
    return this;
  }

  // Keeps a page's live stream open; `close()` ends it, `bytes` is what came.
  watch(calls) {
    const path = `/api/live?${calls.map((one) => `call=${encodeURIComponent(one)}`).join("&")}`;
    const stream = { bytes: 0, answers: 0 };
    const options = { host: this.address.hostname, port: this.address.port, path };
    const sent = request({ ...options, headers: { Cookie: this.cookie } }, (answer) => {
      answer.on("data", (piece) => {
        stream.bytes += piece.length;
        stream.answers += piece.toString().split("event: answer").length - 1;
      });
      answer.on("error", () => undefined);
    });
    sent.on("error", () => undefined);
    sent.end();
    stream.close = () => sent.destroy();
    return stream;
  }
}
