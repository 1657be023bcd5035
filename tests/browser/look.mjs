// What visit.mjs and rehearsal.mjs share: the browser, and what must hold of every page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: "--headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(
      " ",
    ),
  });
}

export async function openContext(browser, size, language, more = {}) {
  const context = await browser.newContext({
    viewport: size,
    locale: language === "zh" ? "zh-CN" : "en-GB",
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
    ...more,
  });
  await context.addInitScript(
    // about:blank, where somebody rests, keeps nothing
    (lang) => location.protocol === "http:" && localStorage.setItem("language", lang),
    language,
  );
  return context;
}

// What is wrong with the page that is open: width, keys, language, and where asked for, axe.
export async function examine(page, language, withAxe = true) {
  const faults = [];
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) faults.push(`the document is ${wide} px wider than its window`);
  const text = await page.evaluate(() => document.body.innerText);
  const keys = text.match(/⟨[^⟩]*⟩/g);
  if (keys) faults.push(`keys are shown: ${[...new Set(keys)].join(" ")}`);
  if (language === "zh") {
    const english = await page.evaluate(leftInEnglish);
    if (english.length) faults.push(`left in English: ${english.join(" | ")}`);
  }
  if (!withAxe) return faults;
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const said = await window.axe.run(document, { resultTypes: ["violations"] });
    return said.violations
      .filter((one) => one.impact === "serious" || one.impact === "critical")
      .map(
        (one) =>
          `${one.id}: ${one.nodes
            .slice(0, 3)
            .map((node) => `${node.target} ${node.failureSummary}`)
            .join(" / ")}`,
      );
  });
  for (const one of found) faults.push(`axe ${one.replace(/\s+/g, " ")}`);
  return faults;
}

// Two lower-case words or more that neither quotes nor an element marks as English, code or a name.
function leftInEnglish() {
  const out = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const holder = node.parentElement;
    if (
      !holder ||
      holder.closest("[lang=en], code, .said, script, noscript, option, title, [translate=no]")
    )
      continue;
    const text = node.textContent.replace(/“[^”]*”/g, "");
    if (/\b[a-z]{3,}[ _-][a-z]{2,}\b/.test(text)) out.add(node.textContent.trim().slice(0, 60));
  }
  return [...out].slice(0, 8);
}
