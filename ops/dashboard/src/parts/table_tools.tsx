// What stands around a table: its files, its pages.
import { useState } from "preact/hooks";
import { ApiError, saveAs, sheetOf, tableUrl } from "../api";
import { count } from "../format";
import { t } from "../i18n";
import { PAGE_ROWS, type Column, type FileOf } from "./table";

// Columns that the answer holds under their key, with the titles on screen.
function columnsOf<T>(columns: Column<T>[]): string {
  return columns
    .filter((column) => column.file !== false)
    .map((column) => {
      const title = column.unit ? `${column.title} (${column.unit})` : column.title;
      return `${column.key}:${title.replace(/[,:]/g, " ")}`;
    })
    .join(",");
}

export function Files<T>(props: { file: FileOf; columns: Column<T>[] }) {
  const { command, list, options } = props.file;
  const asked = { ...options, list, columns: columnsOf(props.columns) };
  return (
    <span class="files">
      <a
        class="button small"
        href={tableUrl(command, "csv", asked)}
        download
        title={t("table.file")}
      >
        CSV
      </a>
      <a
        class="button small"
        href={tableUrl(command, "xlsx", asked)}
        download
        title={t("table.file")}
      >
        XLSX
      </a>
    </span>
  );
}

// A cell that a spreadsheet would take for a formula becomes text.
function csvCell(value: unknown): string {
  const plain = String(value ?? "").replace(/"/g, '""');
  return `"${/^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain}"`;
}

const cellOf = (value: unknown): string | number =>
  typeof value === "number" ? value : String(value ?? "");

// For tables that no answer of the server holds: what is on screen, all pages of it.
export function OwnFile<T>(props: { caption: string; columns: Column<T>[]; rows: T[] }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const save = () => {
    const lines = [props.columns.map((column) => csvCell(column.title)).join(",")];
    for (const row of props.rows)
      lines.push(props.columns.map((column) => csvCell(column.value(row))).join(","));
    const text = `\uFEFF${lines.join("\r\n")}\r\n`;
    saveAs(`${props.caption}.csv`, new Blob([text], { type: "text/csv" }));
  };
  const saveSheet = async () => {
    setBusy(true);
    setFault("");
    try {
      const titles = props.columns.map((column) => column.title);
      const cells = props.rows.map((row) => props.columns.map((column) => cellOf(column.value(row))));
      saveAs(`${props.caption}.xlsx`, await sheetOf(props.caption, titles, cells));
    } catch (error) {
      setFault(error instanceof ApiError ? error.text || error.code : String(error));
    }
    setBusy(false);
  };
  return (
    <span class="files">
      <button type="button" class="button small" onClick={save}>
        CSV
        <span class="vh"> {props.caption}</span>
      </button>
      <button type="button" class="button small" disabled={busy} onClick={() => void saveSheet()}>
        XLSX
        <span class="vh"> {props.caption}</span>
      </button>
      {fault && <span role="alert">{fault}</span>}
    </span>
  );
}

export function Pages(props: {
  at: number;
  last: number;
  rows: number;
  go: (page: number) => void;
}) {
  const { at, last, rows, go } = props;
  const from = at * PAGE_ROWS + 1;
  const to = Math.min(rows, (at + 1) * PAGE_ROWS);
  return (
    <nav class="pages" aria-label={t("table.pages")}>
      <button type="button" class="button small" disabled={at === 0} onClick={() => go(0)}>
        {t("table.first")}
      </button>
      <button type="button" class="button small" disabled={at === 0} onClick={() => go(at - 1)}>
        {t("table.previous")}
      </button>
      <span>{t("table.from.to", { from: count(from), to: count(to), all: count(rows) })}</span>
      <button type="button" class="button small" disabled={at === last} onClick={() => go(at + 1)}>
        {t("table.next")}
      </button>
      <button type="button" class="button small" disabled={at === last} onClick={() => go(last)}>
        {t("table.last")}
      </button>
    </nav>
  );
}

// For lists that the server pages: `more` is its cursor.
export function More(props: { shown: number; more: boolean; busy: boolean; load: () => void }) {
  return (
    <p class="pages">
      <span>{t("table.loaded", { n: count(props.shown) })}</span>
      {props.more && (
        <button type="button" class="button small" disabled={props.busy} onClick={props.load}>
          {t("table.load")}
        </button>
      )}
    </p>
  );
}
