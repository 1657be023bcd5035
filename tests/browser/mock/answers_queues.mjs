// Made-up answers about queues, links and envelopes.
import { at, day, hex, hour, minute } from "./answers.mjs";
import { dice } from "./offices.mjs";

const lists = [
  "pre_release_notice",
  "ad_hoc_report",
  "check_result",
  "assistance_request",
  "attachment",
];
const lanes = ["normal", "urgent", "normal", "normal", "bulk"];
const neighboursOf = (all, who) =>
  all
    .filter((one) => one.parent === who.office || who.parent === one.office)
    .map((one) => one.office);
const reasons = [
  "no_channel: no allowed channel is up (personal: dedicated, vpn, media, ferry)",
  "operator: address to be confirmed by telephone",
  "route_disagrees: next hop is no reader",
];

export function census(mode, who, all, options) {
  const roll = dice(7);
  const rows = [];
  const empty = mode === "empty";
  for (const neighbour of empty ? [] : neighboursOf(all, who))
    lists.forEach((kind, n) => {
      if (roll(3) === 0 && mode !== "huge") return;
      const scale = mode === "huge" ? 9000 : 40;
      const oldest_s = roll(9 * day);
      rows.push({
        neighbour,
        lane: lanes[n],
        kind,
        gated: n === 0 ? roll(scale) : 0,
        waiting_for_clock: 0,
        ready: roll(scale / 4),
        sent: roll(20),
        deferred: roll(8),
        held: roll(6) === 0 ? roll(9) : 0,
        dead: 0,
        bytes: roll(scale * 1900),
        oldest: at(-oldest_s),
        oldest_s,
        next_gate: n === 0 ? at(0.94 * day) : null,
      });
    });
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const top = options.under || who.office;
  const ages = (empty ? [] : all.filter((one) => one.parent === top)).map((one) => {
    const ages = [9, 14, 30, 22, 9, 4, 2, 0].map((n) => roll(n * (mode === "huge" ? 400 : 1) + 1));
    return {
      destination: one.office,
      name: one.name,
      below: all.some((other) => other.parent === one.office),
      total: ages.reduce((a, b) => a + b, 0),
      ages,
    };
  });
  return {
    as_of: at(-4),
    rows,
    totals: {
      gated: sum("gated"),
      ready: sum("ready"),
      sent: sum("sent"),
      deferred: sum("deferred"),
      waiting_for_clock: 0,
      bytes: sum("bytes"),
      held: empty ? 0 : 12,
      dead: empty ? 0 : 1,
      corrupt: 0,
      inbox: empty ? 0 : 41,
      oldest: null,
      oldest_s: null,
    },
    ages: { limits_s: [300, 1800, 7200, 28800, 86400, 259200, 604800], rows: ages },
  };
}

export function rates(mode, who, all) {
  const roll = dice(11);
  const wave = (peak) =>
    Array.from({ length: 120 }, (_, n) =>
      Math.round(peak * (1 + Math.sin(n / 9)) * (0.6 + roll(40) / 100)),
    );
  return {
    every_s: 60,
    neighbours:
      mode === "empty"
        ? []
        : neighboursOf(all, who).map((neighbour, n) => ({
            neighbour,
            in: wave(n === 0 ? 200 : 12),
            out: wave(18),
            acknowledged: wave(17),
            redelivered: roll(5),
            duplicates_refused: roll(3),
            last_progress: at(-roll(n === 3 ? 3000 : 60)),
            round_trip_ms: n === 3 ? null : 1.2 + roll(400) / 10,
          })),
  };
}

export function envelopes(mode, who, all, options) {
  const roll = dice(3);
  const total = mode === "empty" ? 0 : mode === "huge" ? 200_000 : 260;
  const start = Number(options.after || 0);
  const limit = Math.min(Number(options.limit || 200), 1000);
  const states = ["ready", "gated", "gated", "deferred", "held", "sent", "dead"];
  const neighbours = neighboursOf(all, who);
  const origins = all.filter((one) => one.office.startsWith("prison:"));
  const destinations = all.filter((one) => one.office.startsWith("township:"));
  const out = [];
  let n = start;
  for (; n < total && out.length < limit; ++n) {
    const state = states[n % states.length];
    if (options.state && options.state !== state) continue;
    out.push({
      id: hex(n),
      origin: origins[n % 4].office,
      destination: destinations[(n * 31) % destinations.length].office,
      kind: options.kind || lists[n % 5],
      class: "personal",
      period: "2026-12",
      state,
      lane: lanes[n % 5],
      neighbour: options.neighbour || neighbours[n % neighbours.length],
      bytes: 1900 + roll(800),
      taken: at(-roll(3 * day)),
      changed: at(-roll(day)),
      reason: state === "held" ? reasons[n % 3] : null,
    });
  }
  return { envelopes: out, more: n < total ? String(n) : null };
}

export function links(mode, who, all) {
  const rows = [];
  (mode === "empty" ? [] : neighboursOf(all, who)).forEach((neighbour, n) => {
    const down = n === 3;
    rows.push({
      neighbour,
      channel: "vpn",
      state: down ? "down" : n % 4 === 1 ? "sending" : "idle",
      class: down ? null : n === 2 ? "dedicated" : "vpn",
      class_proof: down ? null : n === 5 ? "attested" : "proved",
      carries: !down,
      dialled: n === 0,
      outstanding: n % 4 === 1 ? 3 : 0,
      window: 8,
      digest_differs: n === 4,
      directory_version: 128 - (n === 4 ? 1 : 0),
      round_trip_ms: down ? null : 2.4 + n * 3,
      next_retry: down ? at(412) : null,
      last_progress: at(down ? -26 * minute : -n * 7),
      key_until: at((n === 1 ? 21 : 300) * day),
    });
    if (n < 2)
      rows.push({
        neighbour,
        channel: "media",
        state: "courier",
        class: null,
        class_proof: null,
        carries: false,
        dialled: false,
        outstanding: 0,
        window: 0,
        digest_differs: false,
        directory_version: 0,
        round_trip_ms: null,
        next_retry: null,
        last_progress: at(-9 * day),
        key_until: null,
      });
  });
  return { office: who.office, links: rows };
}

export function trace(id, who) {
  return {
    id,
    office: who.office,
    here: {
      id,
      origin: "prison:610000-03",
      state: "held",
      lane: "normal",
      hops: 2,
      late: true,
      path_copy: true,
      from: "prison-bureau:610000",
      next: "prefecture:610100",
      taken: at(-1.05 * day),
      changed: at(-3 * hour),
      not_before: at(-1.06 * day),
      not_after: at(57 * day),
      bytes: 1984,
      waiting_for_clock: false,
      reason: reasons[0],
      kind: "pre_release_notice",
      class: "personal",
      period: "2026-12",
      destination: "township:610102003",
      created: at(-3.4 * day),
      readers: [
        "prison:610000-03",
        "prison-bureau:610000",
        "province:610000",
        "prefecture:610100",
        "county:610102",
        "township:610102003",
      ],
      due: null,
      in_reply_to: null,
      copy_of: null,
    },
    ledger: {
      id,
      row: 14,
      submission: hex(2),
      kind: "pre_release_notice",
      period: "2026-12",
      destination: "township:610102003",
      code: "610102003",
      confidence: "successor",
      assigned: true,
      receipt: "accepted",
      outcome: "",
      accepted: at(-3.4 * day),
      delivered: null,
      finished: null,
      due: null,
      copy: hex(77),
      copy_of: null,
      in_reply_to: null,
      resends: 0,
      answers: [],
    },
    custody: [
      {
        direction: "taken",
        neighbour: "prison-bureau:610000",
        channel: "dedicated",
        consignment: null,
        time: at(-2.06 * day),
      },
      {
        direction: "given",
        neighbour: "prefecture:610100",
        channel: "media",
        consignment: 17,
        time: null,
      },
    ],
    checked_by: "township:610102003",
    history: [
      {
        office: "county:610102",
        id: hex(5),
        action: "assigned",
        reason: null,
        to: "township:610102003",
        code: null,
        time: at(-0.5 * day),
      },
    ],
    events: [
      `${at(-2.06 * day)} taken id=${id} from=prison-bureau:610000 channel=dedicated`,
      `${at(-3 * hour)} held id=${id} reason=no_channel`,
    ],
  };
}
