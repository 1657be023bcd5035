// What is printed: name list, receipt, report form, disk hand-over note. Sheets are A4 in Chinese
// offices' form; the rest of the page is left out by the style sheet.
import { useState } from "preact/hooks";
import { ApiError } from "../api";
import { count } from "../format";
import { t, type Key } from "../i18n";
import { Empty, Loading, Note, Page, Panel, Trouble } from "../parts/basics";
import { useAsked } from "../parts/asked";
import { fieldColumn } from "../parts/columns";
import { Input, Select } from "../parts/inputs";
import { ActDialog } from "../parts/dialog";
import { OfficeName } from "../parts/office";
import { Table } from "../parts/table";
import { More } from "../parts/table_tools";
import { go, useFilter } from "../router";
import { useStore } from "../store";
import { word } from "../words";
import { reportPeriods, type ReportStatus } from "../pages/reports";
import { useInbox } from "./inbox";
import { States } from "./lists";
import { isNotice, openItem, opened } from "./opened";
import { ListSheet, MediaSheet, ReceiptSheet, ReportSheet, type Consignment } from "./sheets";

const sheets = ["list", "receipt", "report", "media"] as const;

export function PrintPage(props: { what: string }) {
  const what = sheets.find((one) => one === props.what) || "list";
  return (
    <Page title={t("print.title")} lead={t("print.lead")}>
      <nav class="tabs no-print" aria-label={t("print.title")}>
        {sheets.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === what}
            onClick={() => go(`/desk/print/${one}`)}
          >
            {t(`print.${one}` as Key)}
          </button>
        ))}
      </nav>
      {what === "list" && <PrintItems sheet="list" />}
      {what === "receipt" && <PrintItems sheet="receipt" />}
      {what === "report" && <PrintReport />}
      {what === "media" && <PrintMedia />}
    </Page>
  );
}

function PrintButton() {
  return (
    <p class="no-print">
      <button type="button" class="button primary" onClick={() => print()}>
        {t("print.now")}
      </button>
    </p>
  );
}

// Name list: opened one by one after the clerk agreed. Receipt: needs nothing opened.
function PrintItems(props: { sheet: "list" | "receipt" }) {
  const isList = props.sheet === "list";
  const [month, setMonth] = useFilter("period");
  const inbox = useInbox({ period: month, all: true });
  const { error } = inbox;
  const known = useStore(opened);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const rows = (inbox.rows || []).filter((item) =>
    isList ? isNotice(item.kind) : !!item.collected,
  );
  const picked = rows.filter((item) => chosen.has(item.id));
  const closed = picked.filter((item) => !known.has(item.id));
  return (
    <>
      <Panel
        title={t(`print.${props.sheet}`)}
        lead={t(`print.${props.sheet}.lead`)}
        class="no-print"
      >
        <div class="filters">
          <Input label={t("filter.period")} type="month" value={month} onChange={setMonth} />
        </div>
        {error && <Trouble error={error} />}
        {failed && <Trouble error={failed} />}
        <Table
          caption={t(`print.${props.sheet}`)}
          rows={rows}
          rowKey={(row) => row.id}
          selected={chosen}
          onSelect={setChosen}
          asked={{ busy: !inbox.rows && !error, error }}
          more={inbox.more && <More shown={rows.length} {...inbox} />}
          empty={
            <Empty title={t("lists.none")}>
              {t(isList ? "lists.none.lead" : "print.receipt.none")}
            </Empty>
          }
          tools={
            isList && (
              <button
                type="button"
                class="button small primary"
                disabled={!closed.length}
                onClick={() => setAsking(true)}
              >
                {t("print.open", { n: count(closed.length) })} …
              </button>
            )
          }
          columns={[
            {
              key: "origin",
              title: t("filter.origin"),
              value: (row) => row.origin,
              show: (row) => <OfficeName id={row.origin} />,
            },
            { key: "kind", title: t("filter.kind"), value: (row) => word("kinds", row.kind) },
            {
              key: "state",
              title: t("filter.state"),
              value: (row) => row.state,
              show: (row) => <States item={row} />,
            },
            fieldColumn("received", t("reports.received"), "time"),
          ]}
        />
      </Panel>
      {asking && (
        <ActDialog
          title={t("print.list")}
          does={t("print.open.does", { n: count(closed.length) })}
          verb={t("lists.open")}
          onClose={() => setAsking(false)}
          onAct={async () => {
            setFailed(null);
            for (const item of closed) await openItem(item.id).catch(setFailed);
            setAsking(false);
          }}
        />
      )}
      {picked.length > 0 && closed.length === 0 && isList && (
        <>
          <PrintButton />
          <ListSheet items={picked} opened={known} period={month || picked[0].period} />
        </>
      )}
      {picked.length > 0 && !isList && (
        <>
          <PrintButton />
          <ReceiptSheet items={picked} />
        </>
      )}
    </>
  );
}

function PrintReport() {
  const choices = reportPeriods();
  const [period, setPeriod] = useFilter("period", choices[0].value);
  const { data, error } = useAsked<ReportStatus>("report.status", { period });
  return (
    <>
      <div class="panel filters no-print">
        <Select label={t("reports.period")} value={period} onChange={setPeriod} choices={choices} />
      </div>
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && !data.complete && data.expected > 0 && (
        <div class="no-print">
          <Note tone="warn">{t("print.report.partial")}</Note>
        </div>
      )}
      {data && (
        <>
          <PrintButton />
          <ReportSheet data={data} />
        </>
      )}
    </>
  );
}

function PrintMedia() {
  const asked = useAsked<{ given: Consignment[] }>("media.list");
  const { data, error } = asked;
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const key = (row: Consignment) => `${row.to} ${row.number}`;
  const rows = data ? data.given.filter((row) => row.channel === "media") : [];
  const picked = rows.filter((row) => chosen.has(key(row)));
  return (
    <>
      <Panel title={t("print.media")} lead={t("print.media.lead")} class="no-print">
        {error && <Trouble error={error} />}
        <Table
          caption={t("print.media")}
          rows={rows}
          rowKey={key}
          selected={chosen}
          onSelect={setChosen}
          asked={asked}
          empty={<Empty title={t("print.media.none")}>{t("print.media.none.lead")}</Empty>}
          columns={[
            {
              key: "to",
              title: t("sheet.to"),
              value: (row) => row.to,
              show: (row) => <OfficeName id={row.to} />,
            },
            fieldColumn("number", t("sheet.number"), "number"),
            fieldColumn("envelopes", t("sheet.envelopes"), "number"),
            {
              key: "state",
              title: t("filter.state"),
              value: (row) => word("consignment_states", row.state),
            },
            fieldColumn("created", t("envelope.created"), "time"),
          ]}
        />
      </Panel>
      {picked.length > 0 && (
        <>
          <PrintButton />
          {picked.map((row) => (
            <MediaSheet key={key(row)} row={row} />
          ))}
        </>
      )}
    </>
  );
}
