// What became of an earlier hand-in, by the id that it was told.
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { useAsked } from "../parts/asked";
import { Figure, Num, Panel, Trouble } from "../parts/basics";
import { Input } from "../parts/inputs";
import { nameOf, OfficeName, useOffices } from "../parts/office";
import { Table } from "../parts/table";
import type { LedgerRow } from "../types";
import { word } from "../words";

interface Earlier {
  submission: string;
  envelopes: number;
  receipts: Record<string, number>;
  rows: LedgerRow[];
}

export function EarlierPanel(props: { first: string }) {
  const [typed, setTyped] = useState(props.first);
  const [wanted, setWanted] = useState(props.first);
  const all = useOffices();
  const { data, error, again } = useAsked<Earlier>(wanted ? "submission" : null, { submission: wanted });
  return (
    <Panel title={t("hand_in.earlier")} lead={t("hand_in.earlier.lead")}>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() === wanted) again();
          else setWanted(typed.trim());
        }}
      >
        <Input label={t("hand_in.submission")} value={typed} onChange={setTyped} required />
        <button type="submit" class="button">
          {t("filter.show")}
        </button>
      </form>
      {error && <Trouble error={error} />}
      {data && wanted && (
        <>
          <dl class="figures">
            {Object.entries(data.receipts).map(([receipt, n]) => (
              <Figure
                key={receipt}
                label={word("receipts", receipt)}
                value={<Num value={n} />}
                unit={t("unit.items")}
              />
            ))}
          </dl>
          <Table
            caption={t("hand_in.earlier")}
            rows={data.rows}
            rowKey={(row) => row.id}
            file={{ command: "submission", list: "rows", options: { submission: wanted } }}
            columns={[
              { key: "row", title: t("hand_in.row"), type: "number", value: (row) => row.row },
              { key: "kind", title: t("filter.kind"), value: (row) => word("kinds", row.kind) },
              {
                key: "destination",
                title: t("filter.destination"),
                value: (row) => `${nameOf(all, row.destination)} ${row.destination}`,
                show: (row) => <OfficeName id={row.destination} />,
              },
              {
                key: "receipt",
                title: t("envelope.receipt"),
                value: (row) => word("receipts", row.receipt),
              },
              {
                key: "outcome",
                title: t("envelope.outcome"),
                value: (row) => word("outcomes", row.outcome),
              },
              {
                key: "accepted",
                title: t("envelope.accepted"),
                type: "time",
                value: (row) => row.accepted,
              },
              {
                key: "delivered",
                title: t("envelope.delivered"),
                type: "time",
                value: (row) => row.delivered,
              },
              {
                key: "finished",
                title: t("envelope.finished"),
                type: "time",
                value: (row) => row.finished,
              },
              {
                key: "id",
                title: t("envelope.id"),
                value: (row) => row.id,
                show: (row) => (
                  <a href={`/envelope/${row.id}`}>
                    <code>{row.id}</code>
                  </a>
                ),
              },
            ]}
          />
        </>
      )}
    </Panel>
  );
}
