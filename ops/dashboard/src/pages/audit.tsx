// The audit log: searched, paged by the server, verified.
import { useEffect, useState } from "preact/hooks";
import { ApiError, call } from "../api";
import { count } from "../format";
import { t } from "../i18n";
import { useAsked } from "../parts/asked";
import { Badge, Empty, Note, Page, Panel, Trouble } from "../parts/basics";
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
interface Listed {
  records: AuditRecord[];
  more: number | null;
}

export function AuditPage() {
  const [from, setFrom] = useFilter("from");
  const [to, setTo] = useFilter("to");
  const [event, setEvent] = useFilter("event");
  const [text, setText] = useFilter("text");
  const [listed, setListed] = useState<Listed | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const filter = { from, to, event, text };
  const load = (before: number | null, have: AuditRecord[]) => {
    setBusy(true);
    let dropped = false;
    call<Listed>("audit.list", { ...filter, before, limit: PAGE_ROWS })
      .then((said) => {
        if (dropped) return;
        setListed({ records: [...have, ...said.records], more: said.more });
        setError(null);
      })
      .catch((fault) => !dropped && setError(fault))
      .then(() => !dropped && setBusy(false));
    return () => {
      dropped = true;
    };
  };
  // While somebody types, only the last state is asked for.
  useEffect(() => {
    let stop: (() => void) | undefined;
    const wait = setTimeout(
      () => {
        stop = load(null, []);
      },
      listed ? 250 : 0,
    );
    return () => {
      clearTimeout(wait);
      stop?.();
    };
  }, [from, to, event, text]);
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
          rows={listed ? listed.records : []}
          rowKey={(row) => `${row.number} ${row.event} ${row.detail}`}
          search={t("table.search.loaded")}
          file={{ command: "audit.list", list: "records", options: filter }}
          empty={<Empty title={t("audit.none")}>{t("audit.none.lead")}</Empty>}
          columns={[
            { key: "number", title: t("audit.number"), type: "number", value: (row) => row.number },
            { key: "time", title: t("audit.time"), type: "time", value: (row) => row.time },
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
          more={
            listed && (
              <More
                shown={listed.records.length}
                more={listed.more !== null && listed.more !== undefined}
                busy={busy}
                load={() => load(listed.more, listed.records)}
              />
            )
          }
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
              {
                key: "number",
                title: t("audit.number"),
                type: "number",
                value: (row) => row.number,
              },
              { key: "time", title: t("audit.time"), type: "time", value: (row) => row.time },
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
