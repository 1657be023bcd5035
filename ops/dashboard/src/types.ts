// Answers of the daemon's commands, as far as the pages read them (node/daemon/README.md).
type Maybe<T> = T | null;
export type When = Maybe<string>; // ISO 8601 with +08:00

export interface Alarm {
  id: string;
  level: "critical" | "warning" | "notice";
  subject: string;
  count: number;
  since: When;
  text_en: string;
  text_zh: string;
  do_en: string;
  do_zh: string;
  page: string;
}

export interface CopyCounts {
  accepted: number;
  delivered: number;
  returned: number;
  held: number;
  in_transit: number;
}
interface MonthNumbers extends CopyCounts {
  own_area: number;
  unlinked: number;
  unchecked: number;
  copies: CopyCounts;
}

export interface Expiry {
  what: string;
  detail: string;
  until: When;
  left: string;
  over: boolean;
  warning: boolean;
  means: string;
  who_acts: string;
  means_zh?: string;
  who_acts_zh?: string;
}

interface Clock {
  trusted: boolean;
  reason: Maybe<string>;
  zh: string;
  off_seconds: number;
  text: string;
}

export interface Overview {
  office: string;
  name: string;
  time: string;
  clock: Clock;
  rehearsal: boolean;
  period: string;
  month: MonthNumbers & {
    missing: number;
    not_yet_on_the_bus: number;
    closed: When;
    outlook: "closed" | "on_course" | "at_risk" | "late";
    outlook_why: { en: string; zh: string }[];
  };
  moments: {
    what: string;
    en: string;
    zh: string;
    kind: string;
    at: string;
    left_s: number;
    passed: boolean;
  }[];
  alarms: Alarm[];
  links: { up: number; down: number };
  queues: {
    gated: number;
    ready: number;
    sent: number;
    deferred: number;
    held: number;
    dead: number;
    corrupt: number;
    inbox: number;
    bytes: number;
    oldest: When;
    oldest_s: Maybe<number>;
    as_of: string;
  };
  due: { due: number; overdue: number };
  room: { quota: string; used_bytes: number; limit_bytes: number }[];
  store: { used_bytes: number; map_bytes: number };
  expiries: Expiry[];
}

export interface CensusRow {
  neighbour: string;
  lane: string;
  kind: string;
  gated: number;
  waiting_for_clock: number;
  ready: number;
  sent: number;
  deferred: number;
  held?: number;
  dead?: number;
  bytes: number;
  oldest: When;
  oldest_s: Maybe<number>;
  next_gate: When;
}
export interface AgeRow {
  destination: string;
  name: string;
  below: boolean;
  total: number;
  ages: number[];
}
export interface Census {
  as_of: string;
  rows: CensusRow[];
  totals: CensusRow & { held: number; dead: number; corrupt: number; inbox: number };
  ages: { limits_s: number[]; rows: AgeRow[] };
}

export interface RateRow {
  neighbour: string;
  in: number[];
  out: number[];
  acknowledged: number[];
  redelivered: number;
  duplicates_refused: number;
  last_progress: When;
  round_trip_ms: Maybe<number>;
}
export interface Rates {
  every_s: number;
  neighbours: RateRow[];
}

export interface QueuedEnvelope {
  id: string;
  origin: string;
  destination: string;
  kind: string;
  class: string;
  period: string;
  state: string;
  lane: string;
  neighbour: Maybe<string>;
  bytes: number;
  taken: string;
  changed: string;
  reason: Maybe<string>;
}

export interface LinkRow {
  neighbour: string;
  channel: string;
  state: string;
  class: Maybe<string>;
  class_proof: Maybe<string>;
  carries: boolean;
  dialled: boolean;
  outstanding: number;
  window: number;
  digest_differs: boolean;
  directory_version: number;
  round_trip_ms: Maybe<number>;
  next_retry: When;
  last_progress: When;
  key_until: When;
}

export interface LedgerRow {
  id: string;
  row: number;
  submission: string;
  kind: string;
  period: string;
  destination: string;
  code: string;
  confidence: string;
  assigned: boolean;
  receipt: string;
  outcome: string;
  accepted: string;
  delivered: When;
  finished: When;
  due: When;
  copy: Maybe<string>;
  copy_of: Maybe<string>;
  in_reply_to: Maybe<string>;
  resends: number;
  answers: { kind: string; id: string; origin: string; time: string }[];
}

export interface Step {
  office: string;
  id: string;
  action: string;
  reason: Maybe<string>;
  to: Maybe<string>;
  code: Maybe<string>;
  time: string;
  remarks?: string;
}

export interface EnvelopeView {
  id: string;
  origin: string;
  state: string;
  lane: string;
  hops: number;
  late: boolean;
  path_copy: boolean;
  from: Maybe<string>;
  next: Maybe<string>;
  taken: string;
  changed: string;
  not_before: When;
  not_after: string;
  bytes: number;
  waiting_for_clock: boolean;
  reason?: string;
  kind?: string;
  class?: string;
  period?: string;
  destination?: string;
  created?: string;
  readers?: string[];
  due?: When;
  in_reply_to?: Maybe<string>;
  copy_of?: Maybe<string>;
}

export interface Trace {
  id: string;
  office: string;
  here: EnvelopeView;
  ledger: Maybe<LedgerRow>;
  custody: {
    direction: "taken" | "given";
    neighbour: Maybe<string>;
    channel: string;
    consignment: Maybe<number>;
    time: When;
  }[];
  events: string[];
  checked_by?: string;
  history?: Step[];
}

export interface OriginMonth extends MonthNumbers {
  origin: string;
  as_of: When;
}
export interface OfficeMonth {
  office: string;
  received: number;
  open: number;
  passed_on: number;
  waiting: number;
  stopped: number;
  late: number;
  manifests_agreed: number;
  manifests_differ: number;
  manifests_missing: number;
  missing: number;
  not_yet_on_the_bus: number;
  as_of: When;
}
export interface MonthStatus {
  period: string;
  office: string;
  origins: OriginMonth[];
  offices: OfficeMonth[];
  closed: { time: string } | null;
  without_office: { code: string; name: string }[];
}
