// Made-up lists and opened items: invented names, ID numbers of the year 1800 only.
import { at, day, hex, hour, minute } from "./answers.mjs";
import { dice } from "./offices.mjs";

const family = "周吴郑王冯陈蒋沈韩杨朱秦许何吕施";
const given = ["大山", "文远", "春生", "秋实", "明川", "广田", "长青", "云开", "水生", "永年"];
const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

export function idNumber(n) {
  const body = `61010218${String(n % 10).padStart(2, "0")}01${String((n % 27) + 1).padStart(2, "0")}${String((n * 2) % 999).padStart(3, "0")}`;
  const sum = [...body].reduce((all, digit, place) => all + Number(digit) * weights[place], 0);
  return body + "10X98765432"[sum % 11];
}

const notices = ["pre_release_notice", "ad_hoc_report", "unlinked_return"];
const kindsOf = [
  "pre_release_notice",
  "pre_release_notice",
  "pre_release_notice",
  "ad_hoc_report",
  "unlinked_return",
  "assistance_request",
  "work_order",
  "notice",
];

export function items(mode, options) {
  const total = mode === "empty" ? 0 : mode === "huge" ? 45_000 : 64;
  const out = [];
  for (let n = 0; n < total; ++n) {
    const copy = n % 5 === 4;
    const kind = copy ? "pre_release_notice" : kindsOf[n % kindsOf.length];
    const settled = n % 7 === 3;
    if (options.kind && options.kind !== kind) continue;
    const collected = n % 3 === 1;
    if (options.state === "settled" ? !settled : settled && !options.all) continue;
    if (options.state === "collected" && (settled || !collected)) continue;
    if (options.other && notices.includes(kind)) continue;
    if (options.copies === "with" ? false : copy !== !!options.copies) continue;
    out.push({
      id: hex(n + 5000),
      origin: n % 8 === 4 ? "township:610102003" : `prison:610000-0${(n % 4) + 1}`,
      kind,
      period: "2026-12",
      state: copy ? "copy" : settled ? "settled" : "inbox",
      copy,
      kept_back: false,
      continued_by: n % 11 === 6 ? hex(n) : null,
      due: at(18 * day),
      received: at(-(64 - (n % 64)) * 37 * minute),
      late: n % 9 === 2,
      collected,
      possible_duplicate_of: n === 8 ? [hex(5000)] : [],
    });
  }
  const from = Number(options.after || 0);
  const end = from + Number(options.limit || out.length);
  return { items: out.slice(from, end), more: end < out.length ? String(end) : null };
}

export function show(id, mode) {
  const found = items(mode, { all: true, copies: "with" }).items;
  const n = Math.max(
    0,
    found.findIndex((one) => one.id === id),
  );
  const item = found[n] || found[0];
  const roll = dice(n + 3);
  const view = {
    id,
    origin: item.origin,
    state: item.state,
    lane: "normal",
    hops: 4,
    late: item.late,
    path_copy: item.copy,
    from: "prefecture:610100",
    next: null,
    taken: item.received,
    changed: item.received,
    not_before: null,
    not_after: at(57 * day),
    bytes: 1984,
    waiting_for_clock: false,
    kind: item.kind,
    class: "personal",
    period: "2026-12",
    destination: "county:610102",
    created: at(-4 * day),
    readers: [],
    due: item.due,
    in_reply_to: null,
    copy_of: null,
    possible_duplicate_of: item.possible_duplicate_of,
  };
  const name = family[n % family.length] + given[n % given.length];
  if (item.kind === "assistance_request")
    return {
      ...view,
      payload: {
        form: "assistance_request.verify",
        form_zh: "核查",
        version: 1,
        name,
        id_number: idNumber(n),
        content: "请核实其家庭住址及监护情况。",
      },
    };
  if (item.kind === "work_order")
    return {
      ...view,
      payload: {
        form: "work_order.service",
        form_zh: "法律服务",
        version: 1,
        number: "FW-2026-118",
        name,
        content: "咨询安置政策。",
      },
    };
  if (item.kind === "notice")
    return {
      ...view,
      payload: {
        form: "notice",
        form_zh: "通知",
        version: 1,
        title: "关于年底衔接工作的通知",
        content: "请各单位于本月底前完成核查。",
      },
    };
  return {
    ...view,
    payload: {
      name,
      sex: roll(2) ? "男" : "女",
      id_number: idNumber(n),
      birth_date: "1800-01-01",
      registration_code: "610102003",
      registration_address: "甲市乙区丙街道丁村 8 号",
      release_date: "2027-01-15",
      release_type: "刑满释放",
      risk: n % 2 ? "一般" : "高",
      focus: n % 2 === 0,
      identity_doubtful: false,
      remarks: "",
      resolved_code: "610102003",
      confidence: "successor",
      education: "初中",
    },
    corrections: [],
    attachments: [
      {
        type: "photograph",
        zh: "照片",
        size: 83_114,
        state: "here",
        announced: true,
        id: hex(900),
        name: `${idNumber(n)}.jpg`,
      },
      {
        type: "document",
        zh: "扫描件",
        size: 412_004,
        state: "missing",
        announced: true,
        id: null,
        name: `${idNumber(n)}-2.pdf`,
      },
    ],
    steps:
      item.kind === "unlinked_return"
        ? [
            {
              office: "township:610102003",
              id: hex(4),
              action: "returned",
              reason: "not-ours",
              to: "county:610102",
              code: "610103002",
              time: at(-5 * hour),
              remarks: "户籍已迁出",
            },
          ]
        : [],
  };
}
