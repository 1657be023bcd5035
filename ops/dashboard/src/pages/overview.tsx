// Will the month close? Its account, alarms first, what is ahead, and how the office stands.
import { count, period } from "../format";
import { either, t, type Key } from "../i18n";
import { useLive } from "../live";
import { Badge, Empty, Loading, Page, Panel, Time, Trouble, type Tone } from "../parts/basics";
import type { Alarm, Overview } from "../types";
import { OfficeName } from "../parts/office";
import { knows, word } from "../words";
import { Outlook } from "./month_account";
import { Expiries, Moments, Room, Standing } from "./standing";

const levelTones: Record<Alarm["level"], Tone> = {
  critical: "bad",
  warning: "warn",
  notice: "info",
};
const levels = ["critical", "warning", "notice"];

export function OverviewPage() {
  const { data, error } = useLive<Overview>("overview");
  return (
    <Page title={t("overview.title")} lead={data && period(data.period)}>
      {error && <Trouble error={error} />}
      {data ? <Body data={data} /> : !error && <Loading />}
    </Page>
  );
}

function Body(props: { data: Overview }) {
  const { data } = props;
  return (
    <>
      <Outlook data={data} />
      <Alarms alarms={data.alarms} />
      <div class="columns">
        <div>
          <Panel title={t("overview.moments")}>
            <Moments data={data} />
          </Panel>
          <Expiries data={data} />
        </div>
        <div>
          <Standing data={data} />
          <Room data={data} />
        </div>
      </div>
    </>
  );
}

// Without its subject, which stands beside it by its name.
function headline(alarm: Alarm): string {
  if (!knows("alarms", alarm.id)) return either(alarm.text_en, alarm.text_zh);
  return word("alarms", alarm.id) + (alarm.count > 1 ? ` (${count(alarm.count)})` : "");
}

function Subject(props: { alarm: Alarm }) {
  const { subject } = props.alarm;
  for (const list of ["expiries", "quotas"])
    if (knows(list, subject)) return <span>{word(list, subject)}</span>;
  return /^[a-z-]+:/.test(subject) ? <OfficeName id={subject} /> : <code>{subject}</code>;
}

function Alarms(props: { alarms: Alarm[] }) {
  const alarms = props.alarms
    .slice()
    .sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  if (!alarms.length)
    return (
      <Panel title={t("overview.alarms")}>
        <Empty title={`✓ ${t("overview.alarms.none")}`}>{t("overview.alarms.none.lead")}</Empty>
      </Panel>
    );
  return (
    <Panel
      title={t("overview.alarms")}
      tools={<Badge tone={levelTones[alarms[0].level]}>{count(alarms.length)}</Badge>}
    >
      <ul class="alarms">
        {alarms.map((alarm) => (
          <li key={`${alarm.id} ${alarm.subject}`} class={levelTones[alarm.level]}>
            <Badge tone={levelTones[alarm.level]}>{t(`alarm.${alarm.level}` as Key)}</Badge>
            <div class="alarm-text">
              <strong>{headline(alarm)}</strong>
              {alarm.subject && <Subject alarm={alarm} />}
              <span>{either(alarm.do_en, alarm.do_zh)}</span>
            </div>
            <span class="alarm-since quiet">
              {alarm.since && (
                <>
                  {t("overview.alarm.since")} <Time at={alarm.since} />
                </>
              )}
            </span>
            {alarm.page && alarm.page.startsWith("/") && (
              <a class="button small" href={alarm.page}>
                {t("overview.alarms.go")}
                <span class="vh">: {headline(alarm)}</span>
              </a>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
