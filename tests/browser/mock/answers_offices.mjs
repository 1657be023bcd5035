// Made-up answers about offices: reports, obligations, exchange test, network, audit, directory.
import { at, day, expiries, hex, hour, minute } from "./answers.mjs";
import { dice } from "./offices.mjs";

export function reportStatus(mode, who, all, options) {
  const roll = dice(23);
  const states = ["received", "received", "received", "late", "missing", "not_on_the_bus"];
  const children = (mode === "empty" ? [] : all)
    .filter((one) => one.parent === who.office && /^(prefecture|county|township)/.test(one.office))
    .map((one) => {
      const state = states[roll(states.length)];
      const came = state === "received" || state === "late";
      return {
        office: one.office,
        state,
        state_zh: "",
        kind: came ? "statistical_report" : null,
        received: came ? at(-roll(40) * day) : null,
        deadline: at(-150 * day),
        corrections: came ? roll(2) : 0,
        parts: came ? [hex(roll(99))] : [],
      };
    });
  const counts = { received: 0, late: 0, missing: 0, not_on_the_bus: 0 };
  for (const one of children) counts[one.state] += 1;
  return {
    office: who.office,
    period: options.period || "2026-H1",
    expected: children.length,
    counts,
    complete: counts.missing + counts.not_on_the_bus === 0,
    children,
    sum:
      mode === "empty"
        ? {}
        : {
            released: 4211,
            connected: 4102,
            unlinked: 109,
            resettled: 3880,
            not_resettled: 222,
            helped: 4001,
            in_bases: 312,
            in_enterprises: 145,
            reoffended: 17,
            bases: 41,
            enterprises: 66,
          },
    sent: [],
  };
}

export function due(mode, who, all, options) {
  const rows = [];
  const kinds = [
    ["check", "核查", "pre_release_notice"],
    ["arrival", "衔接反馈", "pre_release_notice"],
    ["answer", "反馈", "assistance_request"],
    ["collect", "签收", "notice"],
    ["report", "报表", "statistical_report"],
  ];
  const others = all.filter((one) => /^(county|township)/.test(one.office));
  for (let n = 0; n < (mode === "empty" ? 0 : mode === "huge" ? 4000 : 47); ++n) {
    const [owed, owed_zh, kind] = kinds[n % 5];
    const here = n % 3 === 0;
    const left = (n - 5) * 7 * hour;
    if (options.overdue && left >= 0) continue;
    rows.push({
      owed,
      owed_zh,
      id: owed === "report" ? null : hex(n + 1000),
      kind,
      period: owed === "report" ? "2026-06" : "2026-12",
      by: here ? who.office : others[n % others.length].office,
      here,
      due: at(left),
      overdue: left < 0,
    });
  }
  return {
    office: who.office,
    due: rows,
    count: rows.length,
    overdue: rows.filter((row) => row.overdue).length,
  };
}

export function score(mode, who, all) {
  const roll = dice(31);
  const chosen = all
    .filter((one) => /^(province|prefecture|county|township)/.test(one.office))
    .slice(0, mode === "huge" ? 3000 : 40);
  const scores = [];
  for (const round of ["trial", "formal"])
    for (const one of chosen) {
      const answered = 10 - roll(3);
      const confirmed = 10 - roll(2);
      const late = Math.min(10 - answered, roll(2));
      scores.push({
        round,
        office: one.office,
        name: one.name,
        level: one.office.split(":")[0],
        notices: 10,
        confirmed,
        requests: 10,
        delivered: 20 - roll(2),
        answered,
        late,
        faked: roll(30) === 0 ? 1 : 0,
        rate_percent: Math.floor(((confirmed + answered) * 100) / 20),
        minutes_mean: 12 + roll(60),
        why: answered < 10 ? `${10 - answered} not answered` : "",
      });
    }
  return {
    plan: "2026-12",
    rounds: [
      { round: "trial", over: true },
      { round: "formal", over: false },
    ],
    roll_call: {
      called: 41,
      reached: 40,
      on_duty: 38,
      absent: [
        { office: "county:610103", why: "no operator signed" },
        { office: "township:610102004", why: "its machine was not reached" },
        { office: "township:610203001", why: "no operator signed" },
      ],
    },
    scores,
  };
}

export function network(mode, who, all) {
  const roll = dice(43);
  const health = [
    "good",
    "good",
    "good",
    "good",
    "good",
    "good",
    "good",
    "warning",
    "good",
    "bad",
    "good",
    "silent",
    "good",
    "unknown",
    "not_on_the_bus",
  ];
  return {
    as_of: at(-20),
    offices: (mode === "empty" ? [] : all).map((one, n) => {
      const state = one.registered
        ? n < 4
          ? "good"
          : health[roll(health.length)]
        : "not_on_the_bus";
      const bad = state === "bad";
      return {
        office: one.office,
        name: one.name,
        parent: one.parent,
        health: state,
        as_of:
          state === "not_on_the_bus" ? null : at(-(state === "silent" ? 30 * hour : roll(1800))),
        alarms: {
          critical: bad ? 1 + roll(2) : 0,
          warning: bad || state === "warning" ? 1 + roll(4) : 0,
        },
        queued: roll(60),
        held: bad ? roll(9) : 0,
        oldest_s: roll(8) ? roll(3 * hour) : null,
        inbox: roll(12),
        overdue: bad ? roll(5) : 0,
      };
    }),
  };
}

export function audit(mode, options) {
  const events = [
    "inbox",
    "receipt",
    "held",
    "released",
    "note",
    "settled",
    "manifest",
    "accepted",
    "operator",
  ];
  const total = mode === "empty" ? 0 : mode === "huge" ? 2_000_000 : 640;
  const before = Number(options.before || total + 1);
  const limit = Math.min(Number(options.limit || 200), 1000);
  const records = [];
  for (let n = before - 1; n > 0 && records.length < limit; --n) {
    const event = events[n % events.length];
    if (options.event && options.event !== event) continue;
    const detail = `id=${hex(n)} origin=prison:610000-0${(n % 4) + 1} ${event === "note" ? "by=show operator=li.ming" : "to=prefecture:610100 channel=vpn"}`;
    if (options.text && !detail.includes(options.text)) continue;
    records.push({ number: n, time: at((n - total) * 41), event, detail });
  }
  const last = records.length ? records[records.length - 1].number : 0;
  return { records, more: records.length === limit && last > 1 ? last : null };
}

export const verified = {
  whole: true,
  records: 48211,
  first: 1,
  last: 48211,
  head: "ab".repeat(32),
  heads: [
    { by: "prefecture:610100", number: 48100, time: at(-2 * hour), state: "agrees" },
    { by: "prison-bureau:610000", number: 12004, time: at(-40 * day), state: "moved_away" },
  ],
  broken: [],
};

export const directoryStatus = {
  root_version: 3,
  root_fingerprint: "c0ffee".repeat(10) + "c0ff",
  snapshot_version: 128,
  snapshot_hash: "00",
  timestamp_version: 20311,
  denials: 0,
  frozen: false,
  rehearsal: false,
  gates_may_open: true,
  forwards: true,
  expiries: expiries(),
};

export function accounts(mode) {
  const row = (account, role, name, more = {}) => ({
    account,
    role,
    name,
    locked: false,
    second_factor: true,
    created: at(-200 * day),
    last_seen: at(-3 * hour),
    must_change_password: false,
    ...more,
  });
  return {
    accounts:
      mode === "empty"
        ? [row("admin", "system-administrator", "", {})]
        : [
            row("admin", "system-administrator", "周立"),
            row("sun.he", "security-administrator", "孙禾"),
            row("wu.ke", "auditor", "吴可"),
            row("li.ming", "clerk", "李明川"),
            row("chen.yu", "clerk", "陈宇清", { locked: true, second_factor: false }),
            row("zhao.qi", "operator", "赵启", { last_seen: at(-20 * minute) }),
            row("new.one", "viewer", "钱宁", {
              must_change_password: true,
              last_seen: null,
              second_factor: false,
            }),
          ],
  };
}

export const accountLog = {
  entries: [
    {
      number: 40,
      time: at(-20 * minute),
      account: "zhao.qi",
      what: "signed_in",
      detail: "",
      from: "10.61.0.14",
    },
    {
      number: 39,
      time: at(-3 * hour),
      account: "chen.yu",
      what: "sign_in_failed",
      detail: "5 times",
      from: "10.61.0.31",
    },
    {
      number: 38,
      time: at(-3 * hour),
      account: "chen.yu",
      what: "locked",
      detail: "by sun.he",
      from: "10.61.0.9",
    },
    {
      number: 37,
      time: at(-2 * day),
      account: "new.one",
      what: "added",
      detail: "by admin role=viewer",
      from: "10.61.0.9",
    },
  ],
  more: null,
};
