// The initials of Chinese names ("榆阳区" → "yyq"), from the browser's own pinyin order: each
// boundary is the first character of a letter. A browser without that order finds by name and code.
const boundaries: [string, string][] = [
  ["a", "阿"],
  ["b", "八"],
  ["c", "嚓"],
  ["d", "哒"],
  ["e", "妸"],
  ["f", "发"],
  ["g", "旮"],
  ["h", "哈"],
  ["j", "讥"],
  ["k", "咔"],
  ["l", "垃"],
  ["m", "妈"],
  ["n", "拏"],
  ["o", "噢"],
  ["p", "妑"],
  ["q", "七"],
  ["r", "呥"],
  ["s", "扨"],
  ["t", "它"],
  ["w", "穵"],
  ["x", "夕"],
  ["y", "丫"],
  ["z", "帀"],
];

const order = new Intl.Collator("zh-Hans-CN-u-co-pinyin");
const usable =
  order.resolvedOptions().collation === "pinyin" ||
  (order.compare("八", "阿") > 0 && order.compare("丫", "夕") > 0);

// As place names read them, where the order knows the other reading.
const letters = new Map<string, string>([
  ["长", "c"],
  ["重", "c"],
  ["厦", "x"],
  ["朝", "c"],
]);

function letterOf(character: string): string {
  if (character < "\u4e00" || character > "\u9fff") return character.toLowerCase();
  const known = letters.get(character);
  if (known !== undefined) return known;
  let found = "";
  for (const [letter, first] of boundaries) {
    if (order.compare(character, first) < 0) break;
    found = letter;
  }
  letters.set(character, found);
  return found;
}

const done = new Map<string, string>();

export function initialsOf(name: string): string {
  if (!usable) return "";
  let found = done.get(name);
  if (found === undefined) {
    found = Array.from(name, letterOf).join("");
    done.set(name, found);
  }
  return found;
}
