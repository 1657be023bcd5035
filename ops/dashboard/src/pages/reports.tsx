// Completeness matrix: who has reported, who has not.
import { count, period } from "../format";
import { t } from "../i18n";
import { useAsked } from "../parts/asked";
import { Badge, Empty, Loading, Note, Page, Panel, Trouble, type Tone } from "../parts/basics";
import { fieldColumn, officeColumn } from "../parts/columns";
import { Select } from "../parts/inputs";
import { useOffices } from "../parts/office";
import { Table, type Column } from "../parts/table";
import { nowMs } from "../clock";
import { useFilter } from "../router";
import { may } from "../session";
import { fieldTitle, reportItems, word } from "../words";
import { IdLink } from "../parts/facts";

export interface ReportStatus {
  period: string;
  expected: number;
  counts: Record<string, number>;
  complete: boolean;
  children: Child[];
  sum: Record<string, number>;
  sent: { id: string; kind: string }[];
}
interface Child {
  office: string;
  state: string;
  kind: string | null;
  received: string | null;
  deadline: string;
  corrections: number;
  parts: string[];
}
const states = ["received", "late", "missing", "not_on_the_bus"];
const tones: Record<string, Tone> = {
  received: "good",
  late: "warn",
  missing: "bad",
  not_on_the_bus: "quiet",
};

// The newest ones that have ended, newest first: the half-year ends in June, the year in December.
export function reportPeriods(): { value: string; text: string }[] {
  const [year, month] = new Date(nowMs() + 8 * 3600000).toISOString().split("-").map(Number);
  const out: string[] = [];
  for (
    let y = year, half = month > 6;
    out.length < 6;
    half ? (half = false) : ((half = true), (y -= 1))
  )
    out.push(half ? `${y}-H1` : `${y - 1}`);
  return [...new Set(out)].map((value) => ({ value, text: period(value) }));
}

export function ReportsPage() {
  const [chosen, setChosen] = useFilter("period");
  const { data, error, busy, again } = useAsked<ReportStatus>("report.status", { period: chosen });
  const choices = reportPeriods();
  return (
    <Page
      title={t("reports.title")}
      lead={t("reports.lead")}
      tools={
        may("report.send") && (
          <a class="button" href="/desk/report">
            {t("reports.send")}
          </a>
        )
      }
    >
      <div class="panel filters">
        <Select
          label={t("reports.period")}
          value={chosen || (data ? data.period : "")}
          onChange={setChosen}
          choices={choices}
        />
        <button type="button" class="button" disabled={busy} onClick={again}>
          {t("reports.refresh")}
        </button>
      </div>
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && <Body data={data} />}
    </Page>
  );
}

function Body(props: { data: ReportStatus }) {
  const { data } = props;
  const items = reportItems().filter((item) => item.word in data.sum);
  return (
    <>
      <Complete data={data} />
      <Panel title={t("reports.matrix")}>
        <Matrix data={data} />
      </Panel>
      {items.length > 0 && (
        <Panel title={t("reports.sum")}>
          <Table
            caption={t("reports.sum")}
            search={false}
            rows={items}
            rowKey={(item) => item.word}
            columns={[
              { key: "item", title: t("reports.item"), value: (item) => fieldTitle(item) },
              {
                key: "value",
                title: t("reports.value"),
                type: "number",
                value: (item) => data.sum[item.word],
              },
            ]}
          />
        </Panel>
      )}
      {data.sent.length > 0 && (
        <Panel title={t("reports.sent")}>
          <ul class="plain">
            {data.sent.map((one) => (
              <li key={one.id}>
                {word("kinds", one.kind)} <IdLink id={one.id} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

export function Complete(props: { data: ReportStatus }) {
  const { data } = props;
  const absent = (data.counts.missing || 0) + (data.counts.not_on_the_bus || 0);
  if (!data.expected) return <Note tone="info">{t("reports.none")}</Note>;
  if (data.complete)
    return <Note tone="good">{t("reports.complete", { n: count(data.expected) })}</Note>;
  return (
    <Note tone="warn">
      {t("reports.incomplete", { n: count(absent), all: count(data.expected) })}
    </Note>
  );
}

export function Matrix(props: { data: ReportStatus; rows?: Child[] }) {
  const { data } = props;
  const all = useOffices();
  const columns: Column<Child>[] = [
    officeColumn(all, "office", t("reports.child")),
    ...states.map((state): Column<Child> => ({
      key: `state.${state}`,
      title: `${word("report_states", state)} ${count(data.counts[state] || 0)}`,
      file: false,
      value: (row) => (row.state === state ? 0 : 1),
      show: (row) =>
        row.state === state ? (
          <Badge tone={tones[state]}>{word("report_states", state)}</Badge>
        ) : (
          ""
        ),
    })),
    {
      key: "kind",
      title: t("reports.kind"),
      value: (row) => word("kinds", row.kind),
      show: (row) => word("kinds", row.kind) || "–",
    },
    fieldColumn("received", t("reports.received"), "time"),
    fieldColumn("deadline", t("reports.deadline"), "time"),
    fieldColumn("corrections", t("reports.corrections"), "number"),
  ];
  return (
    <Table
      caption={t("reports.matrix")}
      rows={props.rows || data.children}
      rowKey={(row) => row.office}
      file={{ command: "report.status", list: "children", options: { period: data.period } }}
      empty={<Empty title={t("reports.none")} />}
      columns={columns}
    />
  );
}
