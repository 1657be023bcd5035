// The month's account (月度核对): every origin's equation, every office's part, what was agreed; and
// closing it, which the daemon refuses while anybody must still act.
import { useState } from "preact/hooks";
import { act } from "../api";
import { useNow } from "../clock";
import { count, day, period as periodText } from "../format";
import { t } from "../i18n";
import { useCounted } from "../parts/asked";
import { Badge, Empty, Loading, Note, Num, Page, Panel, Time, Trouble } from "../parts/basics";
import { ActDialog } from "../parts/dialog";
import { Input } from "../parts/inputs";
import { nameOf, OfficeName, useOffices } from "../parts/office";
import { OfficesPicker } from "../parts/office_picker";
import { Table, type Column } from "../parts/table";
import { useFilter } from "../router";
import { may } from "../session";
import type { MonthStatus, OfficeMonth, OriginMonth } from "../types";
import { word } from "../words";

interface Closing {
  closed: boolean;
  must_act?: { office: string; what: string; count: number }[];
}

export function MonthPage() {
  const [period, setPeriod] = useFilter("period", day(useNow()).slice(0, 7));
  const { data, error, busy, again } = useCounted<MonthStatus>("month.status", { period });
  const [closing, setClosing] = useState(false);
  return (
    <Page
      title={t("month.title")}
      lead={t("month.lead")}
      tools={
        may("month.close") &&
        data &&
        !data.closed && (
          <button type="button" class="button primary" onClick={() => setClosing(true)}>
            {t("month.close")} …
          </button>
        )
      }
    >
      <div class="panel filters">
        <Input label={t("filter.period")} type="month" value={period} onChange={setPeriod} />
        <button type="button" class="button" disabled={busy} onClick={again}>
          {t("reports.refresh")}
        </button>
      </div>
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && <Body data={data} period={period} />}
      {closing && <Close period={period} onClose={() => setClosing(false)} onDone={again} />}
    </Page>
  );
}

const rest = (row: OriginMonth) =>
  row.accepted - row.delivered - row.returned - row.held - row.in_transit;

function Body(props: { data: MonthStatus; period: string }) {
  const { data, period } = props;
  const all = useOffices();
  const number = <T extends OriginMonth | OfficeMonth>(
    key: string,
    tone?: "bad" | "warn",
  ): Column<T> => ({
    key,
    title: word("standing", key),
    unit: t("unit.items"),
    type: "number",
    value: (row) => (row as unknown as Record<string, number>)[key],
    show: (row) => <Num value={(row as unknown as Record<string, number>)[key]} tone={tone} />,
  });
  const copies = (key: keyof OriginMonth["copies"]): Column<OriginMonth> => ({
    key: `copies.${key}`,
    title: t("month.copies", { what: word("standing", key) }),
    unit: t("unit.items"),
    type: "number",
    value: (row) => row.copies[key],
  });
  const office = (id: string) => `${nameOf(all, id)} ${id}`;
  const heard = { key: "as_of", title: t("network.heard"), type: "time" as const };
  return (
    <>
      {data.closed && (
        <Note tone="good" title={t("overview.outlook.closed")}>
          <Time at={data.closed.time} exact />
        </Note>
      )}
      <Panel title={t("month.origins")} lead={t("overview.equation.lead")}>
        <Table
          caption={t("month.origins")}
          rows={data.origins}
          rowKey={(row) => row.origin}
          sort="-in_transit"
          file={{ command: "month.status", list: "origins", options: { period } }}
          empty={<Empty title={t("month.none")}>{t("month.none.lead")}</Empty>}
          columns={[
            {
              key: "origin",
              title: t("filter.origin"),
              value: (row) => office(row.origin),
              show: (row) => <OfficeName id={row.origin} />,
            },
            number("accepted"),
            number("delivered"),
            number("returned"),
            number("held", "bad"),
            number("in_transit", "warn"),
            {
              key: "balance",
              title: t("month.balance"),
              file: false,
              value: rest,
              show: (row) =>
                rest(row) === 0 ? (
                  <Badge tone="good">{t("overview.balanced")}</Badge>
                ) : (
                  <Badge tone="bad">
                    {t("overview.unbalanced", { n: count(Math.abs(rest(row))) })}
                  </Badge>
                ),
            },
            number("own_area"),
            number("unlinked", "warn"),
            number("unchecked"),
            copies("accepted"),
            copies("delivered"),
            copies("held"),
            copies("in_transit"),
            { ...heard, value: (row) => row.as_of },
          ]}
        />
      </Panel>
      <Panel title={t("month.offices")}>
        <Table
          caption={t("month.offices")}
          rows={data.offices}
          rowKey={(row) => row.office}
          sort="-missing"
          file={{ command: "month.status", list: "offices", options: { period } }}
          columns={[
            {
              key: "office",
              title: t("network.office"),
              value: (row) => office(row.office),
              show: (row) => <OfficeName id={row.office} />,
            },
            {
              key: "missing",
              title: t("filter.state"),
              value: (row) => row.missing * 2 + row.not_yet_on_the_bus,
              show: (row) =>
                row.missing ? (
                  <Badge tone="bad">{word("standing", "missing")}</Badge>
                ) : row.not_yet_on_the_bus ? (
                  <Badge tone="warn">{word("standing", "not_yet_on_the_bus")}</Badge>
                ) : (
                  <Badge tone="good">{t("month.given")}</Badge>
                ),
            },
            number("received"),
            number("open"),
            number("passed_on"),
            number("waiting", "warn"),
            number("stopped", "bad"),
            number("late", "warn"),
            number("manifests_agreed"),
            number("manifests_differ", "bad"),
            number("manifests_missing", "bad"),
            { ...heard, value: (row) => row.as_of },
          ]}
        />
      </Panel>
    </>
  );
}

function Close(props: { period: string; onClose: () => void; onDone: () => void }) {
  const [without, setWithout] = useState<string[]>([]);
  const [said, setSaid] = useState<Closing | null>(null);
  const all = useOffices();
  return (
    <ActDialog
      title={t("month.close")}
      does={t("month.close.does", { period: periodText(props.period) })}
      verb={said && said.closed ? t("dialog.done") : t("month.close")}
      reason={without.length ? "required" : "optional"}
      onClose={props.onClose}
      onAct={async (reason) => {
        if (said && said.closed) return props.onClose();
        const options = { period: props.period, without: without.join(","), reason };
        setSaid(await act<Closing>("month.close", options));
        props.onDone();
      }}
    >
      {said && said.closed && <Note tone="good" title={t("overview.outlook.closed")} />}
      {said && !said.closed && (
        <Note tone="warn" title={t("month.must_act")}>
          <ul>
            {(said.must_act || []).map((one) => (
              <li key={`${one.office} ${one.what}`}>
                {nameOf(all, one.office) || one.office}: {word("must_act", one.what)}{" "}
                {count(one.count)}
              </li>
            ))}
          </ul>
        </Note>
      )}
      <OfficesPicker
        label={t("month.without")}
        hint={t("month.without.hint")}
        values={without}
        onPick={setWithout}
      />
    </ActDialog>
  );
}
