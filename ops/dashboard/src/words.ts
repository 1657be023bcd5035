// The words of the bus, once, from the server: kinds, states, channels, roles, forms.
import { get } from "./api";
import { language } from "./i18n";

interface Word {
  word: string;
  zh: string;
  en?: string;
}
export interface Kind extends Word {
  class: string;
  may_send?: boolean; // by this office
  answer?: string;
}
export interface FormField {
  name: string;
  zh: string;
  en?: string;
  type: "text" | "date" | "instant" | "id_number" | "code" | "choice" | "count";
  required: boolean;
  max: number;
  choices: Word[];
}
export interface Form {
  name: string;
  zh: string;
  en?: string;
  kind: string;
  subject: string;
  fields: FormField[];
  table: FormField[];
  answer: string;
}
interface ReportItem {
  word: string;
  zh: string;
  en?: string;
}
export interface Words {
  kinds: Kind[];
  forms: Form[];
  notice_columns?: FormField[];
  report_items?: ReportItem[];
  [list: string]: unknown;
}

let words: Words = { kinds: [], forms: [] };
const index = new Map<string, Map<string, Word>>();

export async function loadWords(): Promise<void> {
  words = await get<Words>("/api/words");
  index.clear();
  for (const [list, rows] of Object.entries(words))
    if (Array.isArray(rows))
      index.set(list, new Map((rows as Word[]).map((row) => [row.word, row])));
}

// "in_transit" as people write it.
const spoken = (word: string) => word.replace(/[_-]/g, " ");

// A word of one of the lists in the reader's language; an unknown one is shown as it came.
export function word(list: string, value: string | null | undefined): string {
  if (!value) return "";
  const rows = index.get(list);
  const row = rows && rows.get(value);
  if (language.get() === "zh") return row ? row.zh : spoken(value);
  return (row && row.en) || spoken(value);
}

export function knows(list: string, value: string): boolean {
  const rows = index.get(list);
  return !!rows && rows.has(value);
}

// One of a list, each with its text: for choices.
export function listOf(list: string): { value: string; text: string }[] {
  const rows = index.get(list);
  return rows ? [...rows.keys()].map((value) => ({ value, text: word(list, value) })) : [];
}

export const kinds = (): Kind[] => words.kinds;
export const forms = (): Form[] => words.forms;
export const noticeColumns = (): FormField[] => words.notice_columns || [];
export const endings = (): { word: string; type: string }[] =>
  (words.attachment_endings || []) as { word: string; type: string }[];
export const reportItems = (): ReportItem[] => words.report_items || [];
export const formOf = (name: string): Form | undefined => words.forms.find((f) => f.name === name);

export function formTitle(form: Form): string {
  return language.get() === "zh" ? form.zh : form.en || spoken(form.name.replace(".", ": "));
}
export function fieldTitle(field: {
  name?: string;
  word?: string;
  zh: string;
  en?: string;
}): string {
  return language.get() === "zh" ? field.zh : field.en || spoken(field.name || field.word || "");
}

// "township:610802001" → the word of its type.
export const officeType = (office: string): string =>
  word("office_types", (office || "").split(":")[0]);
