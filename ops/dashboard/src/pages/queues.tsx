// Queues: per neighbour, lane and kind; traffic; ages by destination; the envelopes themselves.
import { useMemo, useState } from "preact/hooks";
import { count, duration, exact, milliseconds } from "../format";
import { t } from "../i18n";
import { useLive } from "../live";
import { Chart, Spark } from "../parts/charts";
import { Empty, Loading, Num, Page, Panel, Trouble } from "../parts/basics";
import { fieldColumn, officeColumn } from "../parts/columns";
import { nameOf, useOffices } from "../parts/office";
import { Table } from "../parts/table";
import { useFilter } from "../router";
import type { Census, CensusRow, RateRow, Rates } from "../types";
import { word } from "../words";
import { nowMs } from "../clock";
import { Ages } from "./ages";
import { Envelopes } from "./envelopes";

// Each part follows its own answer: what moves in one does not draw the others anew.
export function QueuesPage() {
  return (
    <Page title={t("queues.title")} lead={<AsOf />}>
      <Counts />
      <Moving />
      <Waiting />
      <Envelopes />
    </Page>
  );
}

function useCensus() {
  const [under] = useFilter("under");
  return { under, ...useLive<Census>("queue.census", { under }) };
}

function AsOf() {
  const { data } = useCensus();
  return <>{data && t("queues.lead", { time: exact(Date.parse(data.as_of)) })}</>;
}

function Counts() {
  const { under, data, error } = useCensus();
  return (
    <>
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && <Totals census={data} />}
      {data && (
        <Panel title={t("queues.table")}>
          <Rows rows={data.rows} under={under} />
        </Panel>
      )}
    </>
  );
}

function Moving() {
  const { data, error } = useLive<Rates>("rates");
  return (
    <>
      {error && <Trouble error={error} />}
      {data && <Traffic rates={data} />}
    </>
  );
}

function Waiting() {
  const { data } = useCensus();
  return <>{data && <Ages census={data} />}</>;
}

const stateNames = [
  "gated",
  "ready",
  "sent",
  "deferred",
  "held",
  "dead",
  "corrupt",
  "inbox",
] as const;

function Totals(props: { census: Census }) {
  const { totals } = props.census;
  const [state, setState] = useFilter("state");
  return (
    <nav class="panel tiles" aria-label={t("filter.state")}>
      {stateNames.map((name) => (
        <button
          key={name}
          type="button"
          class="tile"
          aria-pressed={state === name}
          onClick={() => setState(state === name ? "" : name)}
        >
          <span>{word("states", name)}</span>
          <span class="value">
            <Num
              value={totals[name]}
              tone={name === "held" || name === "dead" || name === "corrupt" ? "bad" : undefined}
            />
          </span>
          <span class="unit">{t("unit.items")}</span>
        </button>
      ))}
    </nav>
  );
}

function Rows(props: { rows: CensusRow[]; under: string }) {
  const all = useOffices();
  const number = (key: "gated" | "ready" | "sent" | "deferred" | "held" | "dead") => ({
    key,
    title: word("states", key),
    unit: t("unit.items"),
    type: "number" as const,
    value: (row: CensusRow) => row[key],
  });
  return (
    <Table
      caption={t("queues.table")}
      rows={props.rows}
      rowKey={(row) => `${row.neighbour} ${row.lane} ${row.kind}`}
      sort="-oldest_s"
      file={{ command: "queue.census", list: "rows", options: { under: props.under } }}
      empty={<Empty title={t("queues.none")}>{t("queues.none.lead")}</Empty>}
      columns={[
        officeColumn(all, "neighbour", t("queues.neighbour")),
        { key: "lane", title: t("queues.lane"), value: (row) => word("lanes", row.lane) },
        { key: "kind", title: t("queues.kind"), value: (row) => word("kinds", row.kind) },
        number("ready"),
        number("sent"),
        number("deferred"),
        number("gated"),
        fieldColumn("waiting_for_clock", t("queues.clock"), "number", t("unit.items")),
        ...(["held", "dead"] as const)
          .filter((state) => props.rows.some((row) => row[state] !== undefined))
          .map(number),
        fieldColumn("bytes", t("queues.bytes"), "bytes"),
        {
          key: "oldest_s",
          title: t("queues.behind"),
          type: "duration",
          value: (row) => row.oldest_s,
          show: (row) => (
            <span class={(row.oldest_s || 0) > 86400 ? "ink-warn" : ""}>
              {duration(row.oldest_s)}
            </span>
          ),
        },
        fieldColumn("next_gate", t("queues.next.gate"), "time"),
        {
          key: "list",
          title: t("queues.list"),
          file: false,
          value: () => "",
          show: (row) => (
            <a href={`/queues?neighbour=${row.neighbour}&kind=${row.kind}#envelopes`}>
              {t("queues.list")}
            </a>
          ),
        },
      ]}
    />
  );
}

const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);

function Traffic(props: { rates: Rates }) {
  const { rates } = props;
  const all = useOffices();
  const [shown, setShown] = useState("");
  const every = duration(rates.every_s);
  const chosen = rates.neighbours.find((row) => row.neighbour === shown);
  const line = (key: "in" | "out" | "acknowledged", title: string) => ({
    key,
    title,
    unit: `/${every}`,
    type: "number" as const,
    file: false as const,
    value: (row: RateRow) => sum(row[key]),
    show: (row: RateRow) => {
      const newest = row[key][row[key].length - 1] || 0;
      return (
        <span class="rate">
          <Spark
            values={row[key]}
            label={t("queues.rate.of", {
              what: title,
              office: nameOf(all, row.neighbour) || row.neighbour,
              n: count(newest),
              every,
            })}
          />
          <Num value={newest} />
        </span>
      );
    },
  });
  return (
    <Panel title={t("queues.rates")} lead={t("queues.rates.lead", { every })}>
      {chosen && <One row={chosen} every={every} everyS={rates.every_s} />}
      <Table
        caption={t("queues.rates")}
        rows={rates.neighbours}
        rowKey={(row) => row.neighbour}
        sort="-out"
        file={{ command: "rates", list: "neighbours" }}
        columns={[
          officeColumn(all, "neighbour", t("queues.neighbour")),
          line("in", t("queues.in")),
          line("out", t("queues.out")),
          line("acknowledged", t("queues.acknowledged")),
          fieldColumn("redelivered", t("queues.redelivered"), "number", t("unit.items")),
          fieldColumn("duplicates_refused", t("queues.duplicates"), "number", t("unit.items")),
          {
            key: "round_trip_ms",
            title: t("queues.round.trip"),
            type: "number",
            value: (row) => row.round_trip_ms,
            show: (row) => milliseconds(row.round_trip_ms),
          },
          fieldColumn("last_progress", t("queues.progress"), "time"),
          {
            key: "chart",
            title: t("queues.chart.show"),
            file: false,
            value: () => "",
            show: (row) => (
              <button
                type="button"
                class="button small"
                aria-pressed={shown === row.neighbour}
                onClick={() => setShown(shown === row.neighbour ? "" : row.neighbour)}
              >
                {t("queues.chart.show")}
              </button>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function One(props: { row: RateRow; every: string; everyS: number }) {
  const { row, every } = props;
  const all = useOffices();
  const lines = useMemo(
    () => [
      { label: t("queues.in"), values: row.in, color: "--chart-1" },
      { label: t("queues.out"), values: row.out, color: "--chart-2" },
      { label: t("queues.acknowledged"), values: row.acknowledged, color: "--chart-3" },
    ],
    [row],
  );
  const from = useMemo(() => Math.floor(nowMs() / 1000), [row]);
  return (
    <Chart
      label={t("queues.chart", { every, office: nameOf(all, row.neighbour) || row.neighbour })}
      unit={t("queues.time")}
      from={from}
      everyS={props.everyS}
      lines={lines}
    />
  );
}
