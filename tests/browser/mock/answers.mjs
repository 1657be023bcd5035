// Deterministic made-up answers of the monitoring commands.
import { offices } from "./offices.mjs";

const NOW = Date.parse("2026-12-13T10:24:00+08:00");
export const at = (seconds) =>
  new Date(NOW + seconds * 1000 + 8 * 3600e3).toISOString().replace(/\.\d+Z$/, "+08:00");
export const hex = (n) =>
  (0x018f3a5c0000 + n * 7919).toString(16).padStart(12, "0") +
  (n * 2654435761 + 12345).toString(16).padStart(20, "0").slice(-20);
const minute = 60,
  hour = 3600,
  day = 86400;

export const alarms = [
  {
    id: "gate_shut",
    level: "critical",
    subject: "prefecture:610300",
    count: 1,
    since: at(-84 * minute),
    text_en: "Manifest of 610300 differs: 3 envelopes missing",
    text_zh: "宝鸡市交接清单不符：缺 3 件",
    do_en: "Compare the manifest; ask the neighbour's operator.",
    do_zh: "核对交接清单，并联系对方运维员。",
    page: "/envelope",
  },
  {
    id: "held",
    level: "warning",
    subject: "",
    count: 12,
    since: at(-3 * hour),
    text_en: "12 envelopes are held: no allowed channel",
    text_zh: "12 件报文已挂起：没有允许的通道",
    do_en: "Look at the reasons; bring the VPN up or release by hand.",
    do_zh: "查看原因，恢复 VPN 或人工恢复发送。",
    page: "/queues?state=held",
  },
  {
    id: "link_down",
    level: "warning",
    subject: "prefecture:610800",
    count: 1,
    since: at(-26 * minute),
    text_en: "No progress on a link for 26 minutes",
    text_zh: "链路已 26 分钟没有进展",
    do_en: "Check the line and the neighbour's daemon.",
    do_zh: "检查线路及对方服务。",
    page: "/links",
  },
  {
    id: "key_ends",
    level: "notice",
    subject: "province:610000",
    count: 1,
    since: at(-2 * day),
    text_en: "This office's key ends in 24 days",
    text_zh: "本单位密钥将于 24 天后到期",
    do_en: "Rotate the key and send the request to the holders.",
    do_zh: "更换密钥，并将申请送交目录管理方。",
    page: "/directory",
  },
];

export function overview(mode, who) {
  const empty = mode === "empty";
  const big = mode === "huge" ? 40 : 1;
  const month = empty
    ? {
        accepted: 0,
        delivered: 0,
        returned: 0,
        held: 0,
        in_transit: 0,
        own_area: 0,
        unlinked: 0,
        unchecked: 0,
        copies: { accepted: 0, delivered: 0, returned: 0, held: 0, in_transit: 0 },
        missing: 0,
        not_yet_on_the_bus: 0,
        closed: null,
        outlook: "on_course",
        outlook_why: [],
      }
    : {
        accepted: 1286 * big,
        delivered: 1043 * big,
        returned: 9 * big,
        held: 12 * big,
        in_transit: 222 * big,
        own_area: 806 * big,
        unlinked: 31 * big,
        unchecked: 206 * big,
        copies: {
          accepted: 1274 * big,
          delivered: 1201 * big,
          returned: 0,
          held: 2 * big,
          in_transit: 71 * big,
        },
        missing: 1,
        not_yet_on_the_bus: 7,
        closed: null,
        outlook: "at_risk",
        outlook_why: [
          { en: "12 envelopes are held", zh: "12 件报文已挂起" },
          { en: "1 office has given no manifest", zh: "1 个单位未交接" },
        ],
      };
  return {
    office: who.office,
    name: who.name,
    time: at(0),
    rehearsal: false,
    period: "2026-12",
    clock: { trusted: true, reason: null, zh: "可信", off_seconds: 0, text: "" },
    month,
    moments: [
      {
        what: "gate.prison",
        en: "Gate of prisons",
        zh: "监狱、看守所放行",
        kind: "gate",
        at: at(-3.06 * day),
        left_s: 0,
        passed: true,
      },
      {
        what: "gate.bureau",
        en: "Gate of bureaus",
        zh: "监狱管理局放行",
        kind: "gate",
        at: at(-2.06 * day),
        left_s: 0,
        passed: true,
      },
      {
        what: "gate.province",
        en: "Gate of provinces",
        zh: "省厅放行",
        kind: "gate",
        at: at(-1.06 * day),
        left_s: 0,
        passed: true,
      },
      {
        what: "gate.county",
        en: "Gate of counties",
        zh: "区县放行",
        kind: "gate",
        at: at(0.94 * day),
        left_s: 0.94 * day,
        passed: false,
      },
      {
        what: "deadline.check",
        en: "Checks are due",
        zh: "核查期限",
        kind: "deadline",
        at: at(18.57 * day),
        left_s: 18.57 * day,
        passed: false,
      },
      {
        what: "deadline.close",
        en: "The month closes",
        zh: "月度办结",
        kind: "deadline",
        at: at(22.2 * day),
        left_s: 22.2 * day,
        passed: false,
      },
    ],
    alarms: empty ? [] : alarms,
    links: empty ? { up: 0, down: 0 } : { up: 11, down: 1 },
    queues: empty
      ? {
          gated: 0,
          ready: 0,
          sent: 0,
          deferred: 0,
          held: 0,
          dead: 0,
          corrupt: 0,
          inbox: 0,
          bytes: 0,
          oldest: null,
          oldest_s: null,
          as_of: at(0),
        }
      : {
          gated: 188 * big,
          ready: 14 * big,
          sent: 20,
          deferred: 6 * big,
          held: 12 * big,
          dead: 1,
          corrupt: 0,
          inbox: 41,
          bytes: 2_411_724 * big,
          oldest: at(-2.3 * day),
          oldest_s: 2.3 * day,
          as_of: at(-4),
        },
    due: empty ? { due: 0, overdue: 0 } : { due: 47, overdue: 5 },
    room: [
      { quota: "climbing", used_bytes: 412e6, limit_bytes: 1288e6 },
      { quota: "descending", used_bytes: 1093e6, limit_bytes: 1288e6 },
      { quota: "origin", used_bytes: 12e6, limit_bytes: 644e6 },
      { quota: "inbox", used_bytes: 88e6, limit_bytes: 429e6 },
    ],
    store: { used_bytes: 1.71e9, map_bytes: 4294967296 },
    expiries: expiries(),
  };
}

export function expiries() {
  return [
    {
      what: "root",
      detail: "version 3",
      until: at(410 * day),
      left: "410 d",
      over: false,
      warning: false,
      means: "gates stay shut",
      means_zh: "放行时点不开启",
      who_acts: "the root's holders",
      who_acts_zh: "根密钥管理方",
    },
    {
      what: "snapshot",
      detail: "version 128",
      until: at(33 * day),
      left: "33 d",
      over: false,
      warning: false,
      means: "custody goes on, nothing is forwarded",
      means_zh: "继续接管，停止转发",
      who_acts: "the directory's holders",
      who_acts_zh: "机构目录管理方",
    },
    {
      what: "timestamp",
      detail: "version 20311",
      until: at(19 * hour),
      left: "19 h 0 min",
      over: false,
      warning: true,
      means: "gates stay shut",
      means_zh: "放行时点不开启",
      who_acts: "the root office's operator",
      who_acts_zh: "根单位运维员",
    },
    {
      what: "key",
      detail: "key 4",
      until: at(24 * day),
      left: "24 d",
      over: false,
      warning: true,
      means: "nothing can be signed or sealed for this office",
      means_zh: "本单位无法签名和加密",
      who_acts: "this office's operator",
      who_acts_zh: "本单位运维员",
    },
  ];
}

export { minute, hour, day, offices };
