// The A4 sheets themselves.
import type { ComponentChildren } from "preact";
import { nowMs } from "../clock";
import { count, day, exact, period as periodText } from "../format";
import { t } from "../i18n";
import { nameOf, useOffices } from "../parts/office";
import { session } from "../session";
import { useStore } from "../store";
import type { InboxItem, OpenedItem } from "./types";
import { fieldTitle, noticeColumns, reportItems, word } from "../words";
import type { ReportStatus } from "../pages/reports";

export interface Consignment {
  to: string;
  number: number;
  channel: string;
  state: string;
  created: string;
  expires: string;
  envelopes: number;
  open: number;
  seal: string;
  courier: string;
}

function useHere(): string {
  const who = useStore(session);
  return who ? who.name || who.office : "";
}

function Sheet(props: { title: string; children: ComponentChildren }) {
  return (
    <article class="sheet" aria-label={props.title}>
      <h2>{props.title}</h2>
      {props.children}
    </article>
  );
}

function Blank(props: { label: string }) {
  return (
    <span>
      {props.label}: <span class="blank" />
    </span>
  );
}

// Numbers to the right; dates, ID numbers and short words in one piece.
function lookOf(cell: string): string | undefined {
  if (/^[\d,]{1,12}$/.test(cell)) return "n";
  return cell.length <= 4 || /^[\dX:. -]{1,20}$/.test(cell) ? "unbroken" : undefined;
}

function Rows(props: { caption: string; head: string[]; rows: (string | number)[][] }) {
  return (
    <div class="scroll-x" role="region" tabIndex={0} aria-label={props.caption}>
      <table>
        <caption class="vh">{props.caption}</caption>
        <thead>
          <tr>
            {props.head.map((one) => (
              <th key={one} scope="col">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index} class={lookOf(String(cell))}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const columns = [
  "name",
  "sex",
  "id_number",
  "registration_address",
  "release_date",
  "release_type",
  "risk",
];

export function ListSheet(props: {
  items: InboxItem[];
  opened: Map<string, OpenedItem>;
  period: string;
}) {
  const here = useHere();
  const all = useOffices();
  const who = useStore(session);
  const title = (name: string) => {
    const field = noticeColumns().find((one) => one.name === name);
    return field ? fieldTitle(field) : name;
  };
  return (
    <Sheet title={t("sheet.list", { period: periodText(props.period) })}>
      <div class="sheet-head">
        <span>{t("sheet.office", { office: here })}</span>
        <span>{t("sheet.count", { n: count(props.items.length) })}</span>
      </div>
      <Rows
        caption={t("print.list")}
        head={[t("sheet.serial"), ...columns.map(title), t("filter.origin")]}
        rows={props.items.map((item, at) => {
          const { payload } = props.opened.get(item.id) as OpenedItem;
          return [
            at + 1,
            ...columns.map((name) => String(payload[name] || "")),
            nameOf(all, item.origin) || item.origin,
          ];
        })}
      />
      <div class="sheet-foot">
        <span>{t("sheet.printed.by", { account: (who && who.account) || "" })}</span>
        <span>{t("sheet.printed.at", { time: exact(nowMs()).slice(0, 16) })}</span>
        <span>{t("sheet.secret")}</span>
      </div>
    </Sheet>
  );
}

export function ReceiptSheet(props: { items: InboxItem[] }) {
  const here = useHere();
  const all = useOffices();
  return (
    <Sheet title={t("print.receipt")}>
      <p>{t("sheet.receipt.text", { office: here, n: count(props.items.length) })}</p>
      <Rows
        caption={t("print.receipt")}
        head={[
          t("sheet.serial"),
          t("envelope.id"),
          t("filter.kind"),
          t("filter.period"),
          t("filter.origin"),
          t("reports.received"),
        ]}
        rows={props.items.map((item, at) => [
          at + 1,
          item.id,
          word("kinds", item.kind),
          periodText(item.period),
          nameOf(all, item.origin) || item.origin,
          item.received ? exact(Date.parse(item.received)).slice(0, 16) : "",
        ])}
      />
      <div class="sheet-foot">
        <Blank label={t("sheet.collector")} />
        <span>{t("sheet.date", { date: day(nowMs()) })}</span>
        <div class="seal">{t("sheet.seal")}</div>
      </div>
    </Sheet>
  );
}

export function ReportSheet(props: { data: ReportStatus }) {
  const { data } = props;
  const here = useHere();
  return (
    <Sheet title={t("sheet.report", { period: periodText(data.period) })}>
      <div class="sheet-head">
        <span>{t("sheet.reporting.office", { office: here })}</span>
        <span>
          {t("sheet.children", {
            n: count(data.counts.received + data.counts.late),
            all: count(data.expected),
          })}
        </span>
      </div>
      <Rows
        caption={t("print.report")}
        head={[
          t("sheet.serial"),
          t("reports.item"),
          t("sheet.below"),
          t("sheet.own"),
          t("table.total"),
        ]}
        rows={reportItems().map((item, at) => [
          at + 1,
          fieldTitle(item),
          item.word in data.sum ? count(data.sum[item.word]) : "",
          "",
          "",
        ])}
      />
      <div class="sheet-foot">
        <Blank label={t("sheet.filled.by")} />
        <Blank label={t("sheet.checked.by")} />
        <Blank label={t("sheet.date.blank")} />
        <div class="seal">{t("sheet.seal")}</div>
      </div>
    </Sheet>
  );
}

export function MediaSheet(props: { row: Consignment }) {
  const { row } = props;
  const here = useHere();
  const all = useOffices();
  const time = (text: string) => exact(Date.parse(text)).slice(0, 16);
  const facts: [string, string][] = [
    [t("sheet.from"), here],
    [t("sheet.to"), `${nameOf(all, row.to)} ${row.to}`.trim()],
    [t("sheet.number"), String(row.number)],
    [t("sheet.envelopes"), count(row.envelopes)],
    [t("sheet.seal.number"), row.seal],
    [t("sheet.courier"), row.courier],
    [t("envelope.created"), time(row.created)],
    [t("sheet.expires"), time(row.expires)],
  ];
  return (
    <Sheet title={t("print.media")}>
      <table>
        <caption class="vh">{t("print.media")}</caption>
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value || "　"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{t("sheet.media.text")}</p>
      <div class="sheet-foot">
        <Blank label={t("sheet.giver")} />
        <Blank label={t("sheet.taker")} />
        <Blank label={t("sheet.given.at")} />
        <Blank label={t("sheet.taken.at")} />
        <div class="seal">{t("sheet.seal")}</div>
      </div>
    </Sheet>
  );
}
