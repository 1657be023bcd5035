// The cross-province exchange test: roll-call and scoreboard.
import { day } from "../format";
import { t } from "../i18n";
import { useNow } from "../clock";
import { useAsked } from "../parts/asked";
import { Badge, Empty, Figure, Loading, Num, Page, Panel, Trouble } from "../parts/basics";
import { Input, Select } from "../parts/inputs";
import { fieldColumn } from "../parts/columns";
import { OfficeName } from "../parts/office";
import { Table } from "../parts/table";
import { useFilter } from "../router";
import { word } from "../words";

interface Score {
  round: string;
  office: string;
  name: string;
  level: string;
  notices: number;
  confirmed: number;
  requests: number;
  delivered: number;
  answered: number;
  late: number;
  faked: number;
  rate_percent: number | null;
  minutes_mean: number | null;
  why: string;
}
interface Board {
  plan: string;
  rounds: { round: string; over: boolean }[];
  roll_call: {
    called: number;
    reached: number;
    on_duty: number;
    absent: { office: string; why: string }[];
  };
  scores: Score[];
}

export function ExchangePage() {
  const [month, setMonth] = useFilter("period");
  const { data, error } = useAsked<Board>("exchange.score", { period: month });
  return (
    <Page title={t("exchange.title")} lead={t("exchange.lead")}>
      <div class="panel filters">
        <Input
          label={t("filter.period")}
          type="month"
          value={month || day(useNow()).slice(0, 7)}
          onChange={setMonth}
        />
      </div>
      {!data && !error && <Loading />}
      {error && error.code !== "not_found" && <Trouble error={error} />}
      {error && error.code === "not_found" && (
        <Panel title={t("exchange.board")}>
          <Empty title={t("exchange.none")}>{t("exchange.none.lead")}</Empty>
        </Panel>
      )}
      {data && <Body board={data} period={month} />}
    </Page>
  );
}

function Body(props: { board: Board; period: string }) {
  const { board } = props;
  const [level, setLevel] = useFilter("level");
  const [round, setRound] = useFilter("round");
  const levels = [...new Set(board.scores.map((row) => row.level))];
  const rows = board.scores.filter(
    (row) => (!level || row.level === level) && (!round || row.round === round),
  );
  const number = (
    key: "notices" | "confirmed" | "requests" | "delivered" | "answered" | "late" | "faked",
  ) => ({
    key,
    title: t(`exchange.${key}`),
    unit: t("unit.items"),
    type: "number" as const,
    value: (row: Score) => row[key],
    show: (row: Score) => (
      <Num value={row[key]} tone={key === "late" ? "warn" : key === "faked" ? "bad" : undefined} />
    ),
  });
  return (
    <>
      <Panel title={t("exchange.roll")}>
        <dl class="figures">
          <Figure
            label={t("exchange.called")}
            value={<Num value={board.roll_call.called} />}
            unit={t("unit.offices")}
          />
          <Figure
            label={t("exchange.reached")}
            value={<Num value={board.roll_call.reached} />}
            unit={t("unit.offices")}
          />
          <Figure
            label={t("exchange.on.duty")}
            value={<Num value={board.roll_call.on_duty} />}
            unit={t("unit.offices")}
          />
        </dl>
        {board.roll_call.absent.length > 0 && (
          <Table
            caption={t("exchange.absent")}
            hideCaption={false}
            rows={board.roll_call.absent}
            rowKey={(row) => row.office}
            file={{
              command: "exchange.score",
              list: "roll_call.absent",
              options: { period: props.period },
            }}
            columns={[
              {
                key: "office",
                title: t("exchange.office"),
                value: (row) => row.office,
                show: (row) => <OfficeName id={row.office} />,
              },
              {
                key: "why",
                title: t("exchange.why"),
                wrap: true,
                value: (row) => row.why,
                show: (row) => (
                  <span class="said" lang="en">
                    {row.why}
                  </span>
                ),
              },
            ]}
          />
        )}
      </Panel>
      <Panel title={t("exchange.board")} lead={board.plan}>
        <div class="filters">
          <Select
            label={t("exchange.round")}
            value={round}
            onChange={setRound}
            any={t("filter.all")}
            choices={board.rounds.map((one) => ({
              value: one.round,
              text: `${one.round} (${t(one.over ? "exchange.over" : "exchange.running")})`,
            }))}
          />
          <Select
            label={t("exchange.level")}
            value={level}
            onChange={setLevel}
            any={t("filter.all")}
            choices={levels.map((value) => ({ value, text: word("office_types", value) }))}
          />
        </div>
        <Table
          caption={t("exchange.board")}
          rows={rows}
          rowKey={(row) => `${row.round} ${row.office}`}
          sort="rate_percent"
          file={{ command: "exchange.score", list: "scores", options: { period: props.period } }}
          columns={[
            {
              key: "office",
              title: t("exchange.office"),
              value: (row) => `${row.name} ${row.office}`,
              show: (row) => <OfficeName id={row.office} name={row.name} />,
            },
            {
              key: "level",
              title: t("exchange.level"),
              value: (row) => word("office_types", row.level),
            },
            { key: "round", title: t("exchange.round"), value: (row) => row.round },
            {
              key: "rate_percent",
              title: t("exchange.rate"),
              unit: t("unit.percent"),
              type: "number",
              value: (row) => row.rate_percent,
              show: (row) =>
                row.rate_percent === null ? (
                  "–"
                ) : (
                  <Badge
                    tone={
                      row.rate_percent >= 100 ? "good" : row.rate_percent >= 80 ? "warn" : "bad"
                    }
                  >
                    {row.rate_percent}
                  </Badge>
                ),
            },
            number("notices"),
            number("confirmed"),
            number("requests"),
            number("delivered"),
            number("answered"),
            number("late"),
            number("faked"),
            fieldColumn("minutes_mean", t("exchange.minutes"), "number", t("unit.minutes")),
            {
              key: "why",
              title: t("exchange.why"),
              wrap: true,
              value: (row) => row.why,
              show: (row) =>
                row.why ? (
                  <span class="said" lang="en">
                    {row.why}
                  </span>
                ) : (
                  "–"
                ),
            },
          ]}
        />
      </Panel>
    </>
  );
}
