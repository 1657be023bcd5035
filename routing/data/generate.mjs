// Makes codes.csv and table.inc from the pinned packages and overlay.csv; --check compares them
// with what is committed instead of writing. `npm ci` first. Read next: sources.mjs, abolished.mjs,
// emit.mjs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { abolished_table } from './abolished.mjs';
import { digest_of, to_csv, to_inc } from './emit.mjs';
import { check_versions, current_table, history, overlay } from './sources.mjs';

check_versions();
const overlay_rows = overlay();
const table = current_table(overlay_rows);
const past = history();
const { rows, moves } = abolished_table(table, past, overlay_rows);
for (const row of table.values()) row.from = past.get(row.code)?.from ?? 0;

// Rows sorted by number: six digits before nine.
const by_code = (a, b) => Number(a.code) - Number(b.code);
const current = [...table.values()].sort(by_code);
const abolished = [...rows.values()].sort(by_code);

const csv = to_csv(current, abolished);
const digest = digest_of(csv);
const outputs = { 'codes.csv': csv, 'table.inc': to_inc(current, abolished, digest) };

const checking = process.argv.includes('--check');
let different = 0;
for (const [name, text] of Object.entries(outputs)) {
  const path = new URL(name, import.meta.url);
  if (!checking) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error(`${name} differs from what the generator makes`);
    different += 1;
  }
}

const count = (list, test) => list.filter(test).length;
const counties = abolished.filter((row) => row.level === 3 && !row.aggregate);
const print = (label, value) => console.log(`${label.padEnd(58)} ${value}`);
const shares = (label, list) => {
  print(label, list.length);
  for (const grade of ['successor', 'prefecture', 'province'])
    print(`  end at a ${grade}`, count(list, (row) => row.grade === grade));
  print('  of them divided, by an overlay row', count(list, (row) => row.divided));
};
for (const [i, name] of ['provinces', 'prefectures', 'counties', 'townships'].entries())
  print(`current ${name}`, count(current, (row) => row.level === i + 1 && !row.statistical));
print('statistical rows', count(current, (row) => row.statistical));
shares('abolished codes', abolished);
shares('abolished counties (without 市辖区 and such)', counties);
print('prefixes that moved as a whole', moves.size);
print('successors by them', [...moves.values()].reduce((sum, move) => sum + move.found.length, 0));
print('digest', digest);
process.exitCode = different ? 1 : 0;
