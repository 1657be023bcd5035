// Weaker evidence for an abolished code: not what it became, but whose desk decides. Names prove
// the prefecture (2,325 of 2,335), so a name found leads to its prefecture; else the prefix speaks;
// else the province. Also collects the candidates, which are shown and never used alone.
import { is_district, is_generic, stem } from './names.mjs';

// Where a county-level row climbs: a city without counties is its own prefecture.
export const seat = (current, code) =>
  (current.get(code).level <= 2 ? code : current.get(code).parent);

export class Desks {
  #current;
  #history;
  #prefix_moves;     // overlay: prefix → desk of what no name finds
  #split_provinces;  // overlay: 51 → 50, 44 → 46
  #by_name = new Map();
  #prefectures = [];
  #siblings = new Map();

  constructor(current, history, prefix_moves, split_provinces) {
    this.#current = current;
    this.#history = history;
    this.#prefix_moves = prefix_moves;
    this.#split_provinces = split_provinces;
    const note = (key, code) => this.#by_name.set(key, [...(this.#by_name.get(key) ?? []), code]);
    for (const row of current.values()) {
      if (row.statistical) continue;
      if (row.level === 2) this.#prefectures.push(row);
      if (row.level !== 3 && !row.city_and_county) continue;
      const where = this.province(row.code);
      note(`${where}=${row.name}`, row.code);
      note(`${where}~${stem(row.name, 3)}`, row.code);
    }
  }

  province(code) {
    let row = this.#current.get(code);
    while (row.parent !== '000000') row = this.#current.get(row.parent);
    return row.code;
  }

  living(code) {
    return this.#current.has(code) && !this.#current.get(code).statistical;
  }

  // Current counties of the code's province that bear one of its names: whole, or without its kind.
  candidates(code, names) {
    const full = new Set();
    const loose = new Set();
    for (const where of is_generic(names[0]) ? [] : this.#provinces_of(code)) {
      for (const name of names) {
        for (const hit of this.#by_name.get(`${where}=${name}`) ?? []) full.add(hit);
        for (const hit of this.#by_name.get(`${where}~${stem(name, 3)}`) ?? []) loose.add(hit);
      }
    }
    return { full: [...full].sort(), loose: [...loose].sort() };
  }

  // Prefixes whose counties, found by name, nearly all stand in one prefecture today.
  learn_siblings(counties) {
    for (const [prefix, rows] of counties) {
      const tally = new Map();
      let of = 0;
      for (const row of rows) {
        const hits = row.full.length > 0 ? row.full : row.loose;
        if (hits.length !== 1) continue;
        const desk = seat(this.#current, hits[0]);
        tally.set(desk, (tally.get(desk) ?? 0) + 1);
        of += 1;
      }
      const ranked = [...tally].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      const [desk, hits] = ranked[0] ?? ['', 0];
      if (hits >= 2 && hits >= of * 0.8) this.#siblings.set(prefix, { desk, hits, of });
    }
  }

  // [desk, why] of an abolished row; `county` is absent for prefectures and aggregates.
  of(code, county) {
    const by_name = county ? this.#by_names(county) : undefined;
    return by_name ?? this.#by_prefix(code.slice(0, 4), !county || is_district(county.names[0]));
  }

  #provinces_of(code) {
    const own = code.slice(0, 2);
    const split = this.#split_provinces.get(own);
    return [own, ...(split ? split.targets : [])].map((two) => `${two}0000`);
  }

  #named_prefecture(where, stems) {
    const bears = (row) => row.parent === where && stems.includes(stem(row.name, 2));
    const same = this.#prefectures.filter(bears);
    return same.length === 1 ? same[0].code : undefined;
  }

  // Its city's name speaks only for the city's own districts: many prefixes' counties scattered.
  #by_prefix(prefix, with_city) {
    const own = `${prefix.slice(0, 2)}0000`;
    if (this.living(`${prefix}00`)) return [`${prefix}00`, `prefix ${prefix} is current`];
    const moved = this.#prefix_moves.get(prefix);
    if (moved) return [moved.targets[0], moved.source];
    const most = this.#siblings.get(prefix);
    const share = most && `${most.hits} of ${most.of}`;
    if (most) return [most.desk, `siblings of prefix ${prefix} by name: ${share}`];
    const stems = (this.#history.get(`${prefix}00`)?.names ?? []).map((name) => stem(name, 2));
    const same = with_city ? this.#named_prefecture(own, stems) : undefined;
    return same ? [same, `prefecture ${prefix}00 by name`] : [own, 'province'];
  }

  #by_names({ code, names, full, loose }) {
    const prefix = code.slice(0, 4);
    const kept = this.living(`${prefix}00`);
    if (is_generic(names[0]) || (is_district(names[0]) && kept)) return undefined;
    const hits = full.length > 0 ? full : loose;
    const grade = full.length > 0 ? 'full name' : 'stem';
    const desks = new Set(hits.map((hit) => seat(this.#current, hit)));
    if (desks.size === 1) return [[...desks][0], `${grade} in its province`];
    if (desks.size === 0) {
      const stems = names.map((name) => stem(name, 3));
      const named = this.#provinces_of(code).map((where) => this.#named_prefecture(where, stems));
      const found = named.filter(Boolean);
      return found.length === 1 ? [found[0], 'its prefecture bears its name'] : undefined;
    }
    if (desks.has(`${prefix}00`)) return [`${prefix}00`, `${grade}, prefix kept`];
    const [desk] = this.#by_prefix(prefix, is_district(names[0]));
    return desks.has(desk) ? [desk, `${grade}, with its siblings`] : undefined;
  }
}
