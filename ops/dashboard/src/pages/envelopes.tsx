// The envelopes here, filtered, paged by the server, and acts on many of them: counted first.
import { useEffect, useState } from "preact/hooks";
import { call, type Options } from "../api";
import { period } from "../format";
import { t, type Key } from "../i18n";
import { useAsked } from "../parts/asked";
import { Because, Panel, StateBadge, Trouble } from "../parts/basics";
import { useFurther, type Paging } from "../parts/further";
import { envelopeColumn, fieldColumn, officeColumn } from "../parts/columns";
import { Select } from "../parts/inputs";
import { OfficeName, useOffices } from "../parts/office";
import { OfficePicker } from "../parts/office_picker";
import { More } from "../parts/table_tools";
import { PAGE_ROWS, Table } from "../parts/table";
import { go, useFilter } from "../router";
import { may } from "../session";
import type { QueuedEnvelope } from "../types";
import { listOf, word } from "../words";
import { BulkAct, bulkActs, type BulkName } from "./bulk_act";

const paging: Paging<QueuedEnvelope> = {
  ask: (options) => call("queue.envelopes", options),
  list: "envelopes",
  cursor: "after",
  keyOf: (row) => row.id,
};
const states = ["gated", "ready", "sent", "deferred", "held", "dead", "corrupt"];

export function Envelopes() {
  const all = useOffices();
  const [state, setState] = useFilter("state");
  const [kind, setKind] = useFilter("kind");
  const [neighbour, setNeighbour] = useFilter("neighbour");
  const [destination, setDestination] = useFilter("destination");
  const [origin, setOrigin] = useFilter("origin");
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [acting, setActing] = useState<BulkName | null>(null);
  const filter: Options = { state, kind, neighbour, origin, destination };
  const options = { ...filter, limit: PAGE_ROWS };
  const first = useAsked<Record<string, unknown>>("queue.envelopes", options);
  const listed = useFurther(paging, options, first.data);
  const error = first.error || listed.error;
  useEffect(() => setSelected(new Set()), [JSON.stringify(filter), first.data]);

  const acts = bulkActs.filter((name) => may(`queue.${name}`));
  const rows = listed.rows || [];
  return (
    <Panel title={t("queues.envelopes")} lead={t("queues.envelopes.lead", { n: PAGE_ROWS })}>
      <div class="filters" id="envelopes">
        <Select
          label={t("filter.state")}
          value={state}
          onChange={setState}
          any={t("filter.all")}
          choices={states.map((one) => ({ value: one, text: word("states", one) }))}
        />
        <Select
          label={t("filter.kind")}
          value={kind}
          onChange={setKind}
          any={t("filter.all")}
          choices={listOf("kinds")}
        />
        <OfficePicker label={t("filter.neighbour")} value={neighbour} onPick={setNeighbour} />
        <OfficePicker label={t("filter.origin")} value={origin} onPick={setOrigin} />
        <OfficePicker label={t("filter.destination")} value={destination} onPick={setDestination} />
        <button type="button" class="button" onClick={() => go("/queues", true)}>
          {t("filter.clear")}
        </button>
      </div>
      {error && <Trouble error={error} />}
      <Table
        caption={t("queues.envelopes")}
        rows={rows}
        rowKey={(row) => row.id}
        search={t("table.search.loaded")}
        asked={first}
        file={{ command: "queue.envelopes", list: "envelopes", options: filter }}
        selected={acts.length ? selected : undefined}
        onSelect={setSelected}
        tools={acts.map((name) => (
          <button
            key={name}
            type="button"
            class={`button small ${name === "expire" ? "danger" : ""}`}
            disabled={!rows.length}
            onClick={() => setActing(name)}
          >
            {t(`act.${name}` as Key)} …
          </button>
        ))}
        columns={[
          envelopeColumn(),
          {
            key: "state",
            title: t("filter.state"),
            value: (row) => word("states", row.state),
            show: (row) => <StateBadge state={row.state} />,
          },
          { key: "kind", title: t("filter.kind"), value: (row) => word("kinds", row.kind) },
          {
            key: "period",
            title: t("filter.period"),
            value: (row) => row.period,
            show: (row) => period(row.period),
          },
          officeColumn(all, "origin", t("filter.origin")),
          officeColumn(all, "destination", t("filter.destination")),
          {
            key: "neighbour",
            title: t("filter.neighbour"),
            value: (row) => row.neighbour,
            show: (row) => <OfficeName id={row.neighbour} />,
          },
          { key: "lane", title: t("queues.lane"), value: (row) => word("lanes", row.lane) },
          fieldColumn("bytes", t("queues.bytes"), "bytes"),
          fieldColumn("taken", t("queues.taken"), "time"),
          fieldColumn("changed", t("queues.changed"), "time"),
          {
            key: "reason",
            title: t("queues.reason"),
            wrap: true,
            value: (row) => row.reason,
            show: (row) => (row.reason ? <Because list="hold_reasons" text={row.reason} /> : "–"),
          },
        ]}
        more={listed.rows && <More shown={rows.length} {...listed} />}
      />
      {acting && (
        <BulkAct
          name={acting}
          selected={[...selected]}
          filter={filter}
          onClose={() => setActing(null)}
          onDone={() => {
            listed.forget();
            first.again();
          }}
        />
      )}
    </Panel>
  );
}
