// The hierarchy of offices with what stands below each: counts by health, worst first. Pure.
import { initialsOf } from "../pinyin";

export interface Node {
  office: string;
  name: string;
  parent: string | null;
  health: string;
  as_of: string | null;
  alarms: { critical: number; warning: number };
  queued: number;
  held: number;
  oldest_s: number | null;
  inbox: number;
  overdue: number;
}
export interface Branch {
  node: Node;
  children: Branch[];
  below: Record<string, number>; // offices below by health, this one left out
  count: number;
  weight: number; // the worst first
}

// Worst first.
export const healths = ["bad", "silent", "warning", "unknown", "not_on_the_bus", "good"];
const weights: Record<string, number> = {
  bad: 1e9,
  silent: 1e7,
  warning: 1e5,
  unknown: 1e3,
  not_on_the_bus: 1e2,
  good: 0,
};

export function grow(nodes: Node[]): Branch[] {
  const branches = new Map<string, Branch>();
  for (const node of nodes)
    branches.set(node.office, { node, children: [], below: {}, count: 0, weight: 0 });
  const roots: Branch[] = [];
  for (const branch of branches.values()) {
    const parent = branch.node.parent ? branches.get(branch.node.parent) : undefined;
    (parent ? parent.children : roots).push(branch);
  }
  roots.forEach(count);
  roots.sort(worstFirst);
  return roots;
}

const worstFirst = (a: Branch, b: Branch) =>
  b.weight - a.weight || (a.node.office < b.node.office ? -1 : 1);

function count(branch: Branch): void {
  branch.weight = weights[branch.node.health] || 0;
  for (const child of branch.children) {
    count(child);
    branch.count += child.count + 1;
    branch.weight += child.weight;
    branch.below[child.node.health] = (branch.below[child.node.health] || 0) + 1;
    for (const [health, n] of Object.entries(child.below))
      branch.below[health] = (branch.below[health] || 0) + n;
  }
  branch.children.sort(worstFirst);
}

export interface Row {
  branch: Branch;
  depth: number;
  open: boolean;
}

// What is shown: open branches, or with a search or `badOnly` what matches and the way to it.
export function rowsOf(
  roots: Branch[],
  open: Set<string>,
  text: string,
  badOnly: boolean,
  max: number,
): { rows: Row[]; cut: boolean } {
  const rows: Row[] = [];
  const wanted = text.trim().toLowerCase();
  const hits = (branch: Branch): boolean =>
    (!badOnly || branch.node.health !== "good") &&
    (!wanted ||
      branch.node.office.includes(wanted) ||
      branch.node.name.toLowerCase().includes(wanted) ||
      initialsOf(branch.node.name).includes(wanted));
  const matching = new Map<Branch, boolean>(); // itself or something below
  const mark = (branch: Branch): boolean => {
    let any = hits(branch);
    for (const child of branch.children) any = mark(child) || any;
    matching.set(branch, any);
    return any;
  };
  if (wanted || badOnly) roots.forEach(mark);
  const walk = (branch: Branch, depth: number): boolean => {
    if (rows.length >= max) return false;
    if ((wanted || badOnly) && !matching.get(branch)) return true;
    const isOpen = wanted || badOnly
      ? branch.children.some((child) => matching.get(child))
      : open.has(branch.node.office);
    rows.push({ branch, depth, open: isOpen });
    return !isOpen || branch.children.every((child) => walk(child, depth + 1));
  };
  const whole = roots.every((root) => walk(root, 0));
  return { rows, cut: !whole };
}
