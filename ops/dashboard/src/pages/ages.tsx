// Age by destination as `qshape` prints it, opened region by region.
import { duration } from "../format";
import { t } from "../i18n";
import { Num, Panel } from "../parts/basics";
import { fieldColumn } from "../parts/columns";
import { nameOf, OfficeName, useOffices } from "../parts/office";
import { Table, type Column } from "../parts/table";
import { useFilter } from "../router";
import type { AgeRow, Census } from "../types";

export function Ages(props: { census: Census }) {
  const { ages } = props.census;
  const all = useOffices();
  const [under, setUnder] = useFilter("under");
  const columns: Column<AgeRow>[] = [
    {
      key: "destination",
      title: t("queues.ages.destination"),
      value: (row) => `${row.name} ${row.destination}`,
      show: (row) =>
        row.below ? (
          <button type="button" class="link" onClick={() => setUnder(row.destination)}>
            <OfficeName id={row.destination} name={row.name} /> ▸
          </button>
        ) : (
          <OfficeName id={row.destination} name={row.name} />
        ),
    },
    fieldColumn("total", t("queues.ages.total"), "number", t("unit.items")),
  ];
  for (let at = 0; at <= ages.limits_s.length; ++at) {
    const limit = ages.limits_s[at];
    columns.push({
      key: `ages.${at}`,
      title:
        limit === undefined
          ? t("queues.ages.older")
          : t("queues.ages.younger", { time: duration(limit) }),
      type: "number",
      value: (row) => row.ages[at] || 0,
      show: (row) => (
        <Num value={row.ages[at]} tone={at >= 5 ? "bad" : at >= 4 ? "warn" : undefined} />
      ),
    });
  }
  return (
    <Panel title={t("queues.ages")} lead={t("queues.ages.lead")}>
      {under && (
        <nav class="crumbs" aria-label={t("queues.ages.where")}>
          <button type="button" class="link" onClick={() => setUnder("")}>
            {t("queues.ages.top")}
          </button>
          {above(all.byId, under).map((id) => (
            <span key={id}>
              {" ▸ "}
              <button
                type="button"
                class="link"
                aria-current={id === under ? "location" : undefined}
                onClick={() => setUnder(id)}
              >
                {nameOf(all, id) || id}
              </button>
            </span>
          ))}
        </nav>
      )}
      <Table
        caption={t("queues.ages")}
        rows={ages.rows}
        rowKey={(row) => row.destination}
        sort="-total"
        file={{ command: "queue.census", list: "ages.rows", options: { under } }}
        columns={columns}
      />
    </Panel>
  );
}

// From the top down to `id`, itself included.
function above(byId: Map<string, { parent: string | null }>, id: string): string[] {
  const out: string[] = [];
  for (let at: string | null = id; at && out.length < 16;) {
    out.unshift(at);
    const found = byId.get(at);
    at = found ? found.parent : null;
  }
  return out;
}
