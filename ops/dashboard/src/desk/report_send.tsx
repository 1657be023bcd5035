// Sending a report (flow B): asks whether all have reported; sends without one only with a reason.
import { useState } from "preact/hooks";
import { act } from "../api";
import { count, period as periodText } from "../format";
import { t } from "../i18n";
import { useAsked } from "../parts/asked";
import { Loading, Note, Page, Panel, Trouble } from "../parts/basics";
import { ActDialog } from "../parts/dialog";
import { Area, Files, Input, Select } from "../parts/inputs";
import { OfficeName } from "../parts/office";
import { Complete, Matrix, reportPeriods, type ReportStatus } from "../pages/reports";
import { useFilter } from "../router";
import { fieldTitle, kinds, reportItems, word } from "../words";

interface SentReport {
  to: string;
  kind: string;
  period: string;
  envelope: string;
}

export function ReportSendPage() {
  const choices = reportPeriods();
  const [period, setPeriod] = useFilter("period", choices[0].value);
  const { data, error, again } = useAsked<ReportStatus>("report.status", { period });
  return (
    <Page title={t("send.title")} lead={t("send.lead")}>
      <div class="panel filters">
        <Select label={t("reports.period")} value={period} onChange={setPeriod} choices={choices} />
      </div>
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && <Send key={data.period} data={data} again={again} />}
    </Page>
  );
}

async function textOf(file: File | undefined): Promise<string> {
  if (!file) return "";
  const content = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return new TextDecoder("gb18030").decode(content);
  }
}

function Send(props: { data: ReportStatus; again: () => void }) {
  const { data } = props;
  const may = kinds().filter(
    (kind) =>
      ["statistical_report", "detailed_report"].includes(kind.word) && kind.may_send !== false,
  );
  const [kind, setKind] = useState(may.length ? may[0].word : "statistical_report");
  const [figures, setFigures] = useState<Record<string, string>>({});
  const [persons, setPersons] = useState<File | undefined>();
  const [override, setOverride] = useState("");
  const [correct, setCorrect] = useState("");
  const [asking, setAsking] = useState(false);
  const [sent, setSent] = useState<SentReport | null>(null);
  const missing = data.children.filter(
    (child) => child.state !== "received" && child.state !== "late",
  );
  const ready =
    reportItems().every((item) => /^\d+$/.test(figures[item.word] || "")) &&
    (!missing.length || override.trim() !== "") &&
    (!data.sent.length || correct.trim() !== "");
  const send = async () => {
    const lines = [
      "item,value",
      ...reportItems().map((item) => `${item.word},${figures[item.word]}`),
    ];
    const options = {
      kind,
      period: data.period,
      override: missing.length ? override : "",
      correct: data.sent.length ? correct : "",
      persons: kind === "detailed_report" ? await textOf(persons) : "",
    };
    setSent(await act<SentReport>("report.send", options, `${lines.join("\n")}\n`));
    setAsking(false);
    props.again();
  };
  return (
    <>
      {sent && (
        <Note tone="good" title={t("send.done")}>
          {word("kinds", sent.kind)}, {periodText(sent.period)} → <OfficeName id={sent.to} />{" "}
          <a href={`/envelope/${sent.envelope}`}>
            <code>{sent.envelope}</code>
          </a>
        </Note>
      )}
      <Panel title={t("send.all")} lead={t("send.all.lead")}>
        <Complete data={data} />
        {missing.length > 0 && (
          <>
            <Matrix data={data} rows={missing} />
            <Area
              label={t("send.override")}
              value={override}
              onChange={setOverride}
              hint={t("send.override.hint")}
              required
              maxLength={2000}
            />
          </>
        )}
        {data.sent.length > 0 && (
          <>
            <Note tone="warn">{t("send.again")}</Note>
            <Area
              label={t("send.correct")}
              value={correct}
              onChange={setCorrect}
              required
              maxLength={2000}
            />
          </>
        )}
      </Panel>
      <Panel title={t("send.own")} lead={t("send.own.lead")}>
        <Select
          label={t("reports.kind")}
          value={kind}
          onChange={(value) => {
            setKind(value);
            setPersons(undefined); // its field begins empty when it is shown again
          }}
          choices={may.map((one) => ({ value: one.word, text: word("kinds", one.word) }))}
        />
        <div class="form-grid">
          {reportItems().map((item) => (
            <Input
              key={item.word}
              label={fieldTitle(item)}
              type="number"
              value={figures[item.word] || ""}
              onChange={(value) => setFigures({ ...figures, [item.word]: value })}
              required
            />
          ))}
        </div>
        {kind === "detailed_report" && (
          <Files
            label={t("send.persons")}
            accept=".csv"
            onPick={(files) => setPersons(files[0])}
            hint={t("send.persons.hint")}
          />
        )}
        <div class="tools">
          <button
            type="button"
            class="button"
            onClick={() =>
              setFigures(
                Object.fromEntries(
                  reportItems().map((item) => [item.word, figures[item.word] || "0"]),
                ),
              )
            }
          >
            {t("send.zeros")}
          </button>
          <button
            type="button"
            class="button primary"
            disabled={!ready}
            onClick={() => setAsking(true)}
          >
            {t("send.title")} …
          </button>
        </div>
      </Panel>
      {asking && (
        <ActDialog
          title={t("send.title")}
          verb={t("send.title")}
          does={
            missing.length
              ? t("send.does.partial", {
                  period: periodText(data.period),
                  n: count(missing.length),
                })
              : t("send.does", { period: periodText(data.period) })
          }
          onClose={() => setAsking(false)}
          onAct={send}
        />
      )}
    </>
  );
}
