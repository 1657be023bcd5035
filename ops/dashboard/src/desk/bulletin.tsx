// 通报: how each county stands in a month, as a table for the office's circular.
import { period as periodText, percent, day } from "../format";
import { useNow } from "../clock";
import { t } from "../i18n";
import { useCounted } from "../parts/asked";
import { Empty, Loading, Num, Page, Panel, Trouble } from "../parts/basics";
import { Input } from "../parts/inputs";
import { OfficeName } from "../parts/office";
import { Table, type Column } from "../parts/table";
import { useFilter } from "../router";

interface Row {
  office: string;
  name: string;
  due: number;
  on_time: number;
  late: number;
  unlinked: number;
  overdue: number;
}

export function BulletinPage() {
  const [period, setPeriod] = useFilter("period", day(useNow()).slice(0, 7));
  const { data, error } = useCounted<{ rows: Row[] }>("month.bulletin", { period });
  const number = (key: "due" | "on_time" | "late" | "unlinked" | "overdue"): Column<Row> => ({
    key,
    title: t(`bulletin.${key}`),
    unit: t("unit.persons"),
    type: "number",
    value: (row) => row[key],
    show: (row) => (
      <Num
        value={row[key]}
        tone={key === "overdue" ? "bad" : key === "late" || key === "unlinked" ? "warn" : undefined}
      />
    ),
  });
  const rows = data ? data.rows : [];
  const sum = (key: "due" | "on_time" | "late" | "unlinked" | "overdue") =>
    rows.reduce((all, row) => all + row[key], 0);
  return (
    <Page
      title={t("bulletin.title")}
      lead={t("bulletin.lead")}
      tools={
        <button type="button" class="button" onClick={() => print()}>
          {t("print.now")}
        </button>
      }
    >
      <div class="panel filters no-print">
        <Input label={t("filter.period")} type="month" value={period} onChange={setPeriod} />
      </div>
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && (
        <Panel title={t("bulletin.of", { period: periodText(period) })}>
          <Table
            caption={t("bulletin.of", { period: periodText(period) })}
            rows={rows}
            rowKey={(row) => row.office}
            file={{ command: "month.bulletin", list: "rows", options: { period } }}
            empty={<Empty title={t("bulletin.none")}>{t("bulletin.none.lead")}</Empty>}
            columns={[
              {
                key: "name",
                title: t("directory.name"),
                value: (row) => `${row.name} ${row.office}`,
                show: (row) => <OfficeName id={row.office} name={row.name} />,
              },
              number("due"),
              number("on_time"),
              {
                key: "rate",
                title: t("bulletin.rate"),
                type: "number",
                file: false,
                value: (row) => row.on_time / (row.due || 1),
                show: (row) => percent(row.on_time, row.due),
              },
              number("late"),
              number("unlinked"),
              number("overdue"),
            ]}
            foot={
              <tr>
                <th scope="row">{t("table.total")}</th>
                <td class="n">
                  <Num value={sum("due")} />
                </td>
                <td class="n">
                  <Num value={sum("on_time")} />
                </td>
                <td class="n">{percent(sum("on_time"), sum("due"))}</td>
                <td class="n">
                  <Num value={sum("late")} />
                </td>
                <td class="n">
                  <Num value={sum("unlinked")} />
                </td>
                <td class="n">
                  <Num value={sum("overdue")} />
                </td>
              </tr>
            }
          />
        </Panel>
      )}
    </Page>
  );
}
