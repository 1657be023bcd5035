// Made-up answers of the desk's commands.
import { at, day, hex, hour } from "./answers.mjs";
import { items, show } from "./answers_inbox.mjs";
import { dice } from "./offices.mjs";

function submitted(options, all) {
  const townships = all.filter((one) => one.office.startsWith("township:"));
  const envelopes = Array.from({ length: 23 }, (_, n) => ({
    row: n + 1,
    id: hex(n + 300),
    destination: townships[n % townships.length].office,
    code: townships[n % townships.length].codes[0],
    confidence: n % 6 === 5 ? "ambiguous" : "exact",
    assigned: n % 6 !== 5,
    copy: hex(n + 600),
  }));
  return {
    submission: options.submission || hex(1),
    kind: options.kind,
    period: options.period || "2026-12",
    rows: 26,
    accepted: 23,
    repeated: 0,
    refused: [
      {
        row: 24,
        field: "id_number",
        reason: "check_digit: the last character does not fit the others",
      },
      { row: 25, field: "registration_code", reason: "unknown_code: no such code in the table" },
      {
        row: 26,
        field: "id_number",
        reason: "excel_number: a spreadsheet shortened it; format the column as text",
      },
    ],
    warnings: [
      {
        row: 3,
        field: "release_date",
        text: "release is before the township has the notice; report ad hoc",
      },
    ],
    envelopes,
  };
}

function bulletin(mode, all) {
  const roll = dice(71);
  return {
    period: "2026-12",
    rows: (mode === "empty" ? [] : all.filter((one) => one.office.startsWith("county:"))).map(
      (one) => {
        const due = 10 + roll(60),
          overdue = roll(4),
          late = roll(5);
        return {
          office: one.office,
          name: one.name,
          due,
          on_time: due - overdue - late,
          late,
          unlinked: roll(4),
          overdue,
        };
      },
    ),
  };
}

function monthStatus(mode, who, all) {
  const roll = dice(17);
  const origins = all
    .filter((one) => /^(prison:|detention)/.test(one.office))
    .map((one, n) => {
      const delivered = roll(300);
      const held = n % 3 ? 0 : roll(9);
      const in_transit = roll(40);
      const returned = roll(4);
      const accepted = delivered + held + in_transit + returned;
      const copies = { accepted, delivered: accepted - 3, returned: 0, held: 0, in_transit: 3 };
      const checked = { own_area: delivered - 9, unlinked: 4, unchecked: 5 };
      const heard = { missing: 0, not_yet_on_the_bus: 0, as_of: at(-roll(7200)) };
      return {
        origin: one.office,
        accepted,
        delivered,
        returned,
        held,
        in_transit,
        copies,
        ...checked,
        ...heard,
      };
    });
  const offices = all.map((one, n) => {
    const counts = {};
    for (const key of "received open passed_on waiting stopped late continued".split(" "))
      counts[key] = roll(30);
    for (const key of "manifests manifests_agreed manifests_differ manifests_missing".split(" "))
      counts[key] = key.endsWith("agreed") ? 3 : roll(9) ? 0 : 1;
    const missing = n % 13 === 5 ? 1 : 0;
    const absent = one.registered ? 0 : 1;
    return {
      office: one.office,
      ...counts,
      missing,
      not_yet_on_the_bus: absent,
      as_of: at(-roll(9000)),
    };
  });
  const empty = mode === "empty";
  const without = [
    { code: "610102009", name: "白水镇" },
    { code: "610103004", name: "清泉乡" },
  ];
  return {
    period: "2026-12",
    office: who.office,
    origins: empty ? [] : origins,
    offices: empty ? [] : offices,
    totals: {},
    missing: [],
    not_yet_on_the_bus: [],
    without_office: empty ? [] : without,
    closed: empty ? { time: at(-day) } : null,
  };
}

const ledgerRow = (n) => ({
  id: hex(n + 300),
  row: n + 1,
  submission: hex(1),
  kind: "pre_release_notice",
  period: "2026-12",
  destination: "township:610102003",
  code: "610102003",
  confidence: "exact",
  assigned: true,
  receipt: n % 3 ? "delivered" : "collected",
  outcome: n % 3 ? "" : "own-area",
  accepted: at(-3 * day),
  delivered: at(-hour),
  finished: null,
  due: null,
  copy: null,
  copy_of: null,
  in_reply_to: null,
  resends: 0,
  answers: [],
});

export function answer(command, options, { mode, who, all }) {
  switch (command) {
    case "inbox.list":
      return items(mode, options);
    case "inbox.show":
      return show(options.id, mode);
    case "submit":
      return submitted(options, all);
    case "attach":
      return { notice: hex(1), envelope: hex(2), type: "photograph", size: 100 };
    case "submission":
      return {
        submission: options.submission,
        envelopes: 9,
        receipts: {
          accepted: 0,
          delivered: 6,
          collected: 3,
          processed: 0,
          returned: 0,
          rejected: 0,
          expired: 0,
        },
        rows: Array.from({ length: 9 }, (_, n) => ledgerRow(n)),
      };
    case "report.send":
      return {
        state: "reported",
        kind: options.kind,
        period: options.period,
        to: who.parent,
        children: 4,
        missing: 1,
        envelope: hex(8),
      };
    case "media.list":
      return {
        given: [
          {
            to: "prefecture:610100",
            number: 17,
            channel: "media",
            state: "on_the_way",
            created: at(-2 * day),
            expires: at(12 * day),
            envelopes: 214,
            open: 1,
            seal: "0042-118",
            courier: "郑广田",
          },
          {
            to: "prefecture:610100",
            number: 16,
            channel: "media",
            state: "overdue",
            created: at(-20 * day),
            expires: at(-6 * day),
            envelopes: 98,
            open: 2,
            seal: "0042-104",
            courier: "许永年",
          },
        ],
        taken: [],
      };
    case "month.bulletin":
      return bulletin(mode, all);
    case "month.status":
      return monthStatus(mode, who, all);
    case "month.close":
      return { closed: false, must_act: [{ office: "prison:610000-03", what: "held", count: 12 }] };
    case "urge":
      return { id: options.id, state: "urged", to: "", envelope: hex(3) };
    case "inbox.add":
      return { state: "added", to: "county:610102", envelope: hex(4) };
    default:
      if (command.startsWith("queue."))
        return {
          matched: options.id ? options.id.split(",").length : 12,
          done: options.dry_run ? 0 : options.id ? options.id.split(",").length : 12,
          refused: [],
          dry_run: !!options.dry_run,
        };
      if (command.startsWith("inbox."))
        return { id: options.id, state: "done", to: who.parent, envelope: hex(6) };
      throw { status: 404, code: "not_found", text: `not_found: no command ${command}` };
  }
}
