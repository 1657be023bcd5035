// Handing in (提交): a file of one kind, what became of each row, attachments, earlier hand-ins.
import { useState } from "preact/hooks";
import { actWithFile, ApiError, query } from "../api";
import { count } from "../format";
import { t } from "../i18n";
import { Badge, Figure, Num, Page, Panel, Trouble } from "../parts/basics";
import { Recorded } from "../parts/dialog";
import { Files, Input, Select } from "../parts/inputs";
import { useFilter } from "../router";
import { forms, formTitle, kinds, word } from "../words";
import { announce, canAttach, sendAll, type Sent } from "./attach";
import { EarlierPanel } from "./earlier";
import { Results, type Submitted } from "./results";

const notices = ["pre_release_notice", "ad_hoc_report"];
// Answers are given where the question stands, reports have a page of their own.
const elsewhere = [
  "arrival_report",
  "check_result",
  "statistical_report",
  "detailed_report",
  "exchange_test",
];

function handInKinds() {
  const answers = kinds().map((kind) => kind.answer);
  return kinds().filter(
    (kind) =>
      kind.may_send !== false &&
      !answers.includes(kind.word) &&
      !elsewhere.includes(kind.word) &&
      (notices.includes(kind.word) || forms().some((form) => form.kind === kind.word)),
  );
}

export function HandInPage() {
  const [earlier] = useFilter("submission");
  return (
    <Page title={t("hand_in.title")} lead={t("hand_in.lead")}>
      <HandIn />
      <EarlierPanel first={earlier} />
    </Page>
  );
}

function HandIn() {
  const choices = handInKinds();
  const [kind, setKind] = useFilter("kind", choices.length ? choices[0].word : "");
  const [subject, setSubject] = useFilter("subject");
  const [period, setPeriod] = useState("");
  const [name, setName] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [beside, setBeside] = useState<File[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [said, setSaid] = useState<Submitted | null>(null);
  const [sent, setSent] = useState<Sent[]>([]);
  const isNotice = notices.includes(kind);
  const subjects = forms().filter((form) => form.kind === kind && form.subject);
  const usable = isNotice ? beside.filter(canAttach) : [];
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!file || busy) return;
    setBusy(true);
    setError(null);
    setSaid(null);
    setSent([]);
    try {
      const attachments = usable.length ? JSON.stringify(await announce(usable)) : "";
      const options = {
        kind,
        period: isNotice ? period : "",
        submission: name.trim(),
        attachments,
      };
      const answer = await actWithFile<Submitted>("submit", options, file);
      setSaid(answer);
      if (usable.length) await sendAll(kind, answer.period || period, usable, setSent);
    } catch (fault) {
      setError(fault instanceof ApiError ? fault : new ApiError("unreadable_file", String(fault)));
    }
    setBusy(false);
  };
  const template = (format: string) =>
    `/api/template/${kind}.${format}${query({ subject: subject || undefined })}`;
  return (
    <>
      <Panel title={t("hand_in.file")} lead={t("hand_in.file.lead")}>
        <form onSubmit={submit}>
          <div class="form-grid">
            <Select
              label={t("filter.kind")}
              value={kind}
              onChange={(value) => {
                setKind(value);
                setSubject("");
                setSaid(null);
                // Its field begins empty when it is shown again.
                if (!notices.includes(value)) setBeside([]);
              }}
              choices={choices.map((one) => ({ value: one.word, text: word("kinds", one.word) }))}
              required
            />
            {isNotice ? (
              <Input
                label={t("filter.period")}
                type="month"
                value={period}
                onChange={setPeriod}
                hint={t("hand_in.period.hint")}
              />
            ) : (
              subjects.length > 0 && (
                <Select
                  label={t("hand_in.subject")}
                  value={subject}
                  onChange={setSubject}
                  any={t("hand_in.subject.any")}
                  choices={subjects.map((form) => ({ value: form.subject, text: formTitle(form) }))}
                />
              )
            )}
          </div>
          <p class="line">
            <span>{t("hand_in.template")}</span>
            <a class="button small" href={template("xlsx")} download>
              XLSX
            </a>
            <a class="button small" href={template("csv")} download>
              CSV
            </a>
          </p>
          <Files
            label={t("hand_in.choose")}
            accept=".xlsx,.xls,.csv,.jsonl"
            onPick={(files) => setFile(files[0] || null)}
            hint={t("hand_in.choose.hint")}
          />
          {isNotice && (
            <>
              <Files
                label={t("hand_in.attachments")}
                accept=".jpg,.jpeg,.png,.wsq,.fpt,.pdf,.tif,.tiff"
                multiple
                onPick={setBeside}
                hint={t("hand_in.attachments.hint")}
              />
              {beside.length > 0 && (
                <p>
                  <Badge tone="good">
                    {t("hand_in.attachments.usable", { n: count(usable.length) })}
                  </Badge>{" "}
                  {usable.length < beside.length && (
                    <Badge tone="warn">
                      {t("hand_in.attachments.refused", {
                        n: count(beside.length - usable.length),
                      })}
                    </Badge>
                  )}
                </p>
              )}
            </>
          )}
          <Input
            label={t("hand_in.submission")}
            value={name}
            onChange={setName}
            hint={t("hand_in.submission.hint")}
            maxLength={128}
          />
          <Recorded />
          <button type="submit" class="button primary" disabled={!file || !kind || busy}>
            {busy ? t("dialog.busy") : t("hand_in.submit")}
          </button>
        </form>
      </Panel>
      {error && <Trouble error={error} />}
      {said && (
        <Panel title={t("hand_in.result")} lead={t("hand_in.result.id", { id: said.submission })}>
          <dl class="figures">
            <Figure
              label={t("hand_in.rows")}
              value={<Num value={said.rows} />}
              unit={t("unit.rows")}
            />
            <Figure
              label={word("receipts", "accepted")}
              value={<Num value={said.accepted} tone="good" />}
              unit={t("unit.rows")}
            />
            <Figure
              label={t("hand_in.repeated")}
              value={<Num value={said.repeated} />}
              unit={t("unit.rows")}
            />
            <Figure
              label={t("hand_in.refused")}
              value={<Num value={said.refused.length} tone="bad" />}
              unit={t("unit.rows")}
            />
            <Figure
              label={t("hand_in.warnings")}
              value={<Num value={said.warnings.length} tone="warn" />}
              unit={t("unit.rows")}
            />
          </dl>
          <Results said={said} sent={sent} expected={usable.length} />
        </Panel>
      )}
    </>
  );
}
