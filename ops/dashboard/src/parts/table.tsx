// The table: real rows and headers, search, sort, pages of 20, files. Wide ones scroll in a box of
// their own, which the keyboard reaches.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useMemo, useState } from "preact/hooks";
import { type Options } from "../api";
import { bytes, count, duration } from "../format";
import { t } from "../i18n";
import { InTable, Loading, Num, Time } from "./basics";
import { Files, OwnFile, Pages } from "./table_tools";

export const PAGE_ROWS = 20;

export interface Column<T> {
  key: string; // also its path in the answer, for files
  title: string;
  unit?: string;
  type?: "text" | "number" | "bytes" | "time" | "duration";
  value: (row: T) => string | number | boolean | null | undefined;
  show?: (row: T) => ComponentChildren;
  file?: false; // not in the answer under `key`
  hint?: string;
  wrap?: true; // sentences: they take several lines
  find?: (row: T) => string; // found by this too
}

export interface FileOf {
  command: string;
  list: string;
  options?: Options;
}

interface Props<T> {
  caption: string;
  hideCaption?: boolean;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  sort?: string; // "-key": falling
  file?: FileOf;
  search?: boolean | string; // false: none; text: the label
  asked?: { busy: boolean; error: unknown }; // why there are no rows yet
  empty?: ComponentChildren;
  tools?: ComponentChildren;
  selected?: Set<string>;
  onSelect?: (keys: Set<string>) => void;
  rowClass?: (row: T) => string;
  foot?: ComponentChildren;
  more?: ComponentChildren; // beneath: the server's next page
}

const look = <T,>(column: Column<T>) =>
  numeric(column.type) ? "n" : column.wrap ? "wrap" : undefined;
const numeric = (type?: string) => type === "number" || type === "bytes" || type === "duration";

export function cell<T>(column: Column<T>, row: T): ComponentChildren {
  if (column.show) return column.show(row);
  const value = column.value(row);
  if (column.type === "number") return <Num value={value as number} />;
  if (column.type === "bytes") return bytes(value as number);
  if (column.type === "duration") return duration(value as number);
  if (column.type === "time") return <Time at={value as string} />;
  return value === null || value === undefined || value === "" ? "–" : String(value);
}

function comparer<T>(column: Column<T>, falling: boolean): (a: T, b: T) => number {
  const sign = falling ? -1 : 1;
  return (a, b) => {
    const x = column.value(a);
    const y = column.value(b);
    if (x === y) return 0;
    if (x === null || x === undefined || x === "") return 1; // nothing stands last, either way
    if (y === null || y === undefined || y === "") return -1;
    return (x < y ? -1 : 1) * sign;
  };
}

function textOf<T>(columns: Column<T>[], row: T): string {
  return columns
    .map((column) => `${column.value(row) ?? ""} ${column.find ? column.find(row) : ""}`)
    .join("\u0000")
    .toLowerCase();
}

function useRows<T>(props: Props<T>, text: string, order: string): T[] {
  const { rows, columns } = props;
  return useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const out = wanted ? rows.filter((row) => textOf(columns, row).includes(wanted)) : rows.slice();
    const falling = order.startsWith("-");
    const column = columns.find((one) => one.key === order.replace(/^-/, ""));
    return column ? out.sort(comparer(column, falling)) : out;
  }, [rows, text, order, columns.map((one) => one.title).join()]);
}

function nothing<T>(props: Props<T>): ComponentChildren {
  if (props.asked && props.asked.busy) return <Loading />;
  if (props.asked && props.asked.error) return "–"; // what went wrong stands above
  return props.empty || t("table.empty");
}

export function Table<T>(props: Props<T>) {
  const { columns, rowKey, selected, onSelect } = props;
  const id = useId();
  const [text, setText] = useState("");
  const [order, setOrder] = useState(props.sort || "");
  const [page, setPage] = useState(0);
  const rows = useRows(props, text, order);
  const last = Math.max(0, Math.ceil(rows.length / PAGE_ROWS) - 1);
  useEffect(() => setPage(0), [text, order]);
  const at = Math.min(page, last);
  const shown = rows.slice(at * PAGE_ROWS, (at + 1) * PAGE_ROWS);
  const choose = (keys: string[], on: boolean) => {
    const next = new Set(selected);
    keys.forEach((key) => (on ? next.add(key) : next.delete(key)));
    onSelect?.(next);
  };
  const label = typeof props.search === "string" ? props.search : t("table.search");
  return (
    <div class="table">
      {(props.search !== false || props.file || props.tools) && (
        <div class="table-head">
          {props.search !== false && (
            <input
              type="search"
              class="search"
              aria-label={`${label} (${props.caption})`}
              placeholder={label}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
          <span class="quiet" role="status">
            {rows.length === props.rows.length
              ? t("table.rows", { n: count(rows.length) })
              : t("table.rows.of", { n: count(rows.length), all: count(props.rows.length) })}
          </span>
          <span class="grow" />
          {props.tools}
          {props.file ? (
            <Files file={props.file} columns={columns} />
          ) : (
            <OwnFile caption={props.caption} columns={columns} rows={rows} />
          )}
        </div>
      )}
      <div class="scroll" role="region" tabIndex={0} aria-labelledby={id}>
        <InTable.Provider value={true}>
          <table>
            <caption id={id} class={props.hideCaption === false ? "" : "vh"}>
              {props.caption}
            </caption>
            <thead>
              <tr>
                {selected && (
                  <th scope="col" class="check">
                    <input
                      type="checkbox"
                      aria-label={t("table.select.all")}
                      checked={shown.length > 0 && shown.every((row) => selected.has(rowKey(row)))}
                      onChange={(event) => choose(shown.map(rowKey), event.currentTarget.checked)}
                    />
                  </th>
                )}
                {columns.map((column) => (
                  <Head key={column.key} column={column} order={order} setOrder={setOrder} />
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => {
                const key = rowKey(row);
                return (
                  <tr key={key} class={props.rowClass ? props.rowClass(row) : ""}>
                    {selected && (
                      <td class="check">
                        <input
                          type="checkbox"
                          aria-label={t("table.select", { row: key })}
                          checked={selected.has(key)}
                          onChange={(event) => choose([key], event.currentTarget.checked)}
                        />
                      </td>
                    )}
                    {columns.map((column, index) =>
                      index === 0 ? (
                        <th key={column.key} scope="row" class={look(column)}>
                          {cell(column, row)}
                        </th>
                      ) : (
                        <td key={column.key} class={look(column)}>
                          {cell(column, row)}
                        </td>
                      ),
                    )}
                  </tr>
                );
              })}
              {!shown.length && (
                <tr>
                  <td colSpan={columns.length + (selected ? 1 : 0)} class="none">
                    <div class="none-text">
                      {text ? t("table.nothing.found") : nothing(props)}
                    </div>
                  </td>
                </tr>
              )}
            </tbody>
            {props.foot && <tfoot>{props.foot}</tfoot>}
          </table>
        </InTable.Provider>
      </div>
      {last > 0 && <Pages at={at} last={last} rows={rows.length} go={setPage} />}
      {props.more}
    </div>
  );
}

function Head<T>(props: { column: Column<T>; order: string; setOrder: (order: string) => void }) {
  const { column, order, setOrder } = props;
  const rising = order === column.key;
  const falling = order === `-${column.key}`;
  const next =
    numeric(column.type) || column.type === "time"
      ? falling
        ? column.key
        : `-${column.key}`
      : rising
        ? `-${column.key}`
        : column.key;
  return (
    <th
      scope="col"
      class={numeric(column.type) ? "n" : ""}
      aria-sort={rising ? "ascending" : falling ? "descending" : undefined}
      title={column.hint}
    >
      <button type="button" class="sort" onClick={() => setOrder(next)}>
        {column.title}
        {column.unit && <span class="unit">{column.unit}</span>}
        <span class="arrow" aria-hidden="true">
          {rising ? "▲" : falling ? "▼" : ""}
        </span>
      </button>
    </th>
  );
}
