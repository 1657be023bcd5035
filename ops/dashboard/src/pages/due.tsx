// Obligations: what is owed, by whom, until when; and urging.
import { useState } from "preact/hooks";
import { act } from "../api";
import { count, period, shortId } from "../format";
import { language, t } from "../i18n";
import { useLive } from "../live";
import { Badge, Empty, Loading, Note, Page, Panel, Trouble } from "../parts/basics";
import { fieldColumn, officeColumn } from "../parts/columns";
import { ActDialog } from "../parts/dialog";
import { Check, Select } from "../parts/inputs";
import { nameOf, useOffices } from "../parts/office";
import { Table } from "../parts/table";
import { useFilter } from "../router";
import { may } from "../session";
import { listOf, word } from "../words";

interface Due {
  owed: string;
  owed_zh: string;
  id: string | null;
  kind: string;
  period: string;
  by: string;
  here: boolean;
  due: string;
  overdue: boolean;
}

export function DuePage() {
  const { data, error } = useLive<{ due: Due[]; count: number; overdue: number }>("due");
  const all = useOffices();
  const [overdue, setOverdue] = useFilter("overdue");
  const [who, setWho] = useFilter("who");
  const [kind, setKind] = useFilter("kind");
  const [urging, setUrging] = useState<Due | null>(null);
  const [urged, setUrged] = useState("");
  const owed = (row: Due) => (language.get() === "zh" ? row.owed_zh : word("owed", row.owed));
  const rows = (data ? data.due : []).filter(
    (row) =>
      (!overdue || row.overdue) &&
      (!who || row.here === (who === "here")) &&
      (!kind || row.kind === kind),
  );
  return (
    <Page
      title={t("due.title")}
      lead={
        data
          ? t("due.summary", { n: count(data.count), overdue: count(data.overdue) })
          : t("due.lead")
      }
    >
      {error && <Trouble error={error} />}
      {urged && <Note tone="good">{t("due.urged", { office: urged })}</Note>}
      {!data && !error && <Loading />}
      {data && (
        <Panel title={t("due.title")} lead={t("due.lead")}>
          <div class="filters">
            <Select
              label={t("due.who")}
              value={who}
              onChange={setWho}
              any={t("filter.all")}
              choices={[
                { value: "here", text: t("due.who.here") },
                { value: "others", text: t("due.who.others") },
              ]}
            />
            <Select
              label={t("filter.kind")}
              value={kind}
              onChange={setKind}
              any={t("filter.all")}
              choices={listOf("kinds")}
            />
            <Check
              label={t("due.only")}
              value={overdue === "1"}
              onChange={(on) => setOverdue(on ? "1" : "")}
            />
          </div>
          <Table
            caption={t("due.title")}
            rows={rows}
            rowKey={(row) => `${row.owed} ${row.id} ${row.by} ${row.kind}`}
            sort="due"
            file={{ command: "due", list: "due", options: { overdue: overdue === "1" } }}
            empty={<Empty title={t("due.none")}>{t("due.none.lead")}</Empty>}
            columns={[
              { key: "owed", title: t("due.owed"), value: owed },
              {
                key: "overdue",
                title: t("due.state"),
                value: (row) => (row.overdue ? 0 : 1),
                show: (row) =>
                  row.overdue ? (
                    <Badge tone="bad">{t("due.overdue")}</Badge>
                  ) : (
                    <Badge tone="info">{t("due.open")}</Badge>
                  ),
              },
              fieldColumn("due", t("due.due"), "time"),
              officeColumn(all, "by", t("due.by")),
              { key: "kind", title: t("filter.kind"), value: (row) => word("kinds", row.kind) },
              {
                key: "period",
                title: t("filter.period"),
                value: (row) => row.period,
                show: (row) => period(row.period),
              },
              {
                key: "id",
                title: t("envelope.id"),
                value: (row) => row.id,
                show: (row) =>
                  row.id ? (
                    <a href={`/envelope/${row.id}`} title={row.id}>
                      <code>{shortId(row.id)}</code>
                    </a>
                  ) : (
                    "–"
                  ),
              },
              {
                key: "urge",
                title: t("due.urge"),
                file: false,
                value: () => "",
                show: (row) =>
                  may("urge") && row.id && !row.here ? (
                    <button type="button" class="button small" onClick={() => setUrging(row)}>
                      {t("due.urge")} …
                    </button>
                  ) : (
                    ""
                  ),
              },
            ]}
          />
        </Panel>
      )}
      {urging && (
        <ActDialog
          title={t("due.urge")}
          does={t("due.urge.does", { office: nameOf(all, urging.by) || urging.by })}
          verb={t("due.urge")}
          reason="required"
          reasonLabel={t("due.urge.text")}
          onClose={() => setUrging(null)}
          onAct={async (text) => {
            await act("urge", { id: urging.id, text });
            setUrged(nameOf(all, urging.by) || urging.by);
            setUrging(null);
          }}
        />
      )}
    </Page>
  );
}
