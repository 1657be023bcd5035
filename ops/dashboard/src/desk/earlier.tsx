// What became of an earlier hand-in, by the id that it was told.
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { useAsked } from "../parts/asked";
import { Figure, Num, Panel, Trouble } from "../parts/basics";
import { envelopeColumn, fieldColumn, officeColumn } from "../parts/columns";
import { Input } from "../parts/inputs";
import { useOffices } from "../parts/office";
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
  const { data, error, again } = useAsked<Earlier>(wanted ? "submission" : null, {
    submission: wanted,
  });
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
              fieldColumn("row", t("hand_in.row"), "number"),
              { key: "kind", title: t("filter.kind"), value: (row) => word("kinds", row.kind) },
              officeColumn(all, "destination", t("filter.destination")),
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
              fieldColumn("accepted", t("envelope.accepted"), "time"),
              fieldColumn("delivered", t("envelope.delivered"), "time"),
              fieldColumn("finished", t("envelope.finished"), "time"),
              envelopeColumn(),
            ]}
          />
        </>
      )}
    </Panel>
  );
}
