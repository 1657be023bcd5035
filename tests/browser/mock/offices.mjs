// A made-up piece of the nation. `size`: about how many offices.
const prefectures = [
  "西安",
  "铜川",
  "宝鸡",
  "咸阳",
  "渭南",
  "延安",
  "汉中",
  "榆林",
  "安康",
  "商洛",
];
const first = "青白石临河清长安平新东西南北上下高双龙金";
const second = "山水川桥庄坪湾塘岭泉沟滩原寨关台堡";

// Deterministic numbers in place of chance.
export function dice(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

const at = (text, n) => text[n % text.length];
const placeName = (n) => at(first, n * 7 + 3) + at(second, n * 5 + Math.floor(n / 17));

export function offices(size) {
  const out = [];
  const add = (office, name, parent, codes, registered = true) =>
    out.push({ office, name, parent, codes, registered });
  add("province:610000", "陕西省司法厅", null, ["610000"]);
  add("prison-bureau:610000", "陕西省监狱管理局", "province:610000", []);
  add("police:610000", "陕西省公安厅", "province:610000", []);
  add("population-police:610000", "陕西省公安厅人口管理总队", "province:610000", []);
  for (let n = 1; n <= 4; ++n)
    add(`prison:610000-0${n}`, `陕西省第${"一二三四"[n - 1]}监狱`, "prison-bureau:610000", []);
  const counties = size > 1000 ? 10 : size > 60 ? 3 : 2;
  const townships = size > 1000 ? 28 : 4;
  prefectures.slice(0, size > 1000 ? 10 : 4).forEach((name, p) => {
    const prefecture = `610${p === 7 ? 8 : p + 1}00`;
    add(`prefecture:${prefecture}`, `${name}市司法局`, "province:610000", [prefecture]);
    for (let c = 1; c <= counties; ++c) {
      const county = `${prefecture.slice(0, 4)}${String(c + 1).padStart(2, "0")}`;
      const countyName = placeName(p * 11 + c);
      add(`county:${county}`, `${countyName}县司法局`, `prefecture:${prefecture}`, [county]);
      if (c === 1)
        add(`detention-house:${county}`, `${countyName}县看守所`, `prefecture:${prefecture}`, []);
      for (let s = 1; s <= townships; ++s) {
        const township = `${county}${String(s).padStart(3, "0")}`;
        add(
          `township:${township}`,
          `${placeName(p * 37 + c * 13 + s)}司法所`,
          `county:${county}`,
          [township],
          s % 9 !== 8 && !(p === 1 && c === 2 && s === 3),
        );
      }
    }
  });
  return out;
}
