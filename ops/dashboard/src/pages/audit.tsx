// The audit log: searched, paged by the server, verified.
import { useState } from "preact/hooks";
import { call } from "../api";
import { count } from "../format";
import { t } from "../i18n";
import { useAsked, usePaused } from "../parts/asked";
import { Badge, Empty, Note, Page, Panel, Trouble } from "../parts/basics";
import { useFurther, type Paging } from "../parts/further";
import { fieldColumn } from "../parts/columns";
import { Input, Select } from "../parts/inputs";
import { OfficeName } from "../parts/office";
import { PAGE_ROWS, Table } from "../parts/table";
import { More } from "../parts/table_tools";
import { useFilter } from "../router";
import { may } from "../session";
import { knows, listOf, word } from "../words";

interface AuditRecord {
  number: number;
  time: string;
  event: string;
  detail: string;
}

const paging: Paging<AuditRecord> = {
  ask: (options) => call("audit.list", options),
  list: "records",
  cursor: "before",
  keyOf: (row) => `${row.number} ${row.event} ${row.detail}`,
};

export function AuditPage() {
  const [from, setFrom] = useFilter("from");
  const [to, setTo] = useFilter("to");
  const [event, setEvent] = useFilter("event");
  const [text, setText] = useFilter("text");
  const filter = { from, to, event, text };
  const options = { ...filter, text: usePaused(text), limit: PAGE_ROWS };
  const first = useAsked<Record<string, unknown>>("audit.list", options);
  const listed = useFurther(paging, options, first.data);
  const error = first.error || listed.error;
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")}>
      {may("audit.verify") && <Verify />}
      <Panel title={t("audit.records")}>
        <div class="filters">
          <Input label={t("audit.from")} type="date" value={from} onChange={setFrom} />
          <Input label={t("audit.to")} type="date" value={to} onChange={setTo} />
          <Select
            label={t("audit.event")}
            value={event}
            onChange={setEvent}
            any={t("filter.all")}
            choices={listOf("audit_events")}
          />
          <Input label={t("audit.text")} value={text} onChange={setText} />
        </div>
        {error && <Trouble error={error} />}
        <Table
          caption={t("audit.records")}
          rows={listed.rows || []}
          rowKey={paging.keyOf}
          search={t("table.search.loaded")}
          file={{ command: "audit.list", list: "records", options: filter }}
          asked={first}
          empty={<Empty title={t("audit.none")}>{t("audit.none.lead")}</Empty>}
          columns={[
            fieldColumn("number", t("audit.number"), "number"),
            fieldColumn("time", t("audit.time"), "time"),
            {
              key: "event",
              title: t("audit.event"),
              value: (row) => row.event,
              show: (row) =>
                knows("audit_events", row.event) ? (
                  <span title={row.event}>{word("audit_events", row.event)}</span>
                ) : (
                  <span class="said" lang="en">
                    {row.event}
                  </span>
                ),
            },
            {
              key: "detail",
              title: t("audit.detail"),
              wrap: true,
              value: (row) => row.detail,
              show: (row) => (
                <code class="break" lang="en">
                  {row.detail}
                </code>
              ),
            },
          ]}
          more={listed.rows && <More shown={listed.rows.length} {...listed} />}
        />
      </Panel>
    </Page>
  );
}

interface Verified {
  whole: boolean;
  records: number;
  first: number;
  last: number;
  heads: { by: string; number: number; time: string; state: string }[];
  broken: string[];
}

function Verify() {
  const [asked, setAsked] = useState(false);
  const { data, error, busy, again } = useAsked<Verified>(asked ? "audit.verify" : null);
  return (
    <Panel
      title={t("audit.verify")}
      lead={t("audit.verify.lead")}
      tools={
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() => (asked ? again() : setAsked(true))}
        >
          {busy ? t("audit.verifying") : t("audit.verify")}
        </button>
      }
    >
      {error && <Trouble error={error} />}
      {data && (
        <>
          <Note
            tone={data.whole ? "good" : "bad"}
            title={t(data.whole ? "audit.whole" : "audit.broken")}
          >
            {t("audit.range", {
              n: count(data.records),
              first: count(data.first),
              last: count(data.last),
            })}
            {data.broken.length > 0 && (
              <ul class="said" lang="en">
                {data.broken.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            )}
          </Note>
          <Table
            caption={t("audit.heads")}
            hideCaption={false}
            rows={data.heads}
            rowKey={(row) => `${row.by} ${row.number}`}
            columns={[
              {
                key: "by",
                title: t("audit.head.by"),
                value: (row) => row.by,
                show: (row) => <OfficeName id={row.by} />,
              },
              fieldColumn("number", t("audit.number"), "number"),
              fieldColumn("time", t("audit.time"), "time"),
              {
                key: "state",
                title: t("audit.head.state"),
                value: (row) => word("audit_heads", row.state),
                show: (row) => (
                  <Badge
                    tone={
                      row.state === "agrees" ? "good" : row.state === "moved_away" ? "quiet" : "bad"
                    }
                  >
                    {word("audit_heads", row.state)}
                  </Badge>
                ),
              },
            ]}
          />
        </>
      )}
    </Panel>
  );
}
