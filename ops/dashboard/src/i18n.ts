// Two languages, one table (text/): t("queues.title"). Words of the bus come from words.ts.
import { kept, useStore } from "./store";
import { table, type Key } from "./text/table";

type Language = "zh" | "en";
export type { Key };

const first: Language = (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";
export const language = kept<Language>("language", first);

function say(): void {
  document.documentElement.lang = language.get() === "zh" ? "zh-CN" : "en";
}
say();
language.follow(say);

export function t(key: Key, values: Record<string, string | number> = {}): string {
  const row = table[key];
  if (!row) return `⟨${key}⟩`;
  const text = row[language.get() === "zh" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (all, name: string) =>
    name in values ? String(values[name]) : all,
  );
}

// Of an answer that speaks both languages.
export function either(en: string | undefined, zh: string | undefined): string {
  return (language.get() === "zh" ? zh || en : en || zh) || "";
}

export function useLanguage(): Language {
  return useStore(language);
}
