// Named facts, links to envelopes, and the steps an item has taken from desk to desk.
import type { ComponentChildren } from "preact";
import { t } from "../i18n";
import type { Step } from "../types";
import { word } from "../words";
import { OfficeName } from "./office";
import { Table } from "./table";
import { fieldColumn } from "./columns";

export function Fact(props: { name: string; wide?: boolean; children?: ComponentChildren }) {
  return (
    <div class={props.wide ? "fact wide" : "fact"}>
      <dt>{props.name}</dt>
      <dd>{props.children || "–"}</dd>
    </div>
  );
}

export function IdLink(props: { id: string }) {
  return (
    <a href={`/envelope/${props.id}`}>
      <code>{props.id}</code>
    </a>
  );
}

export function Steps(props: { steps: Step[] }) {
  return (
    <Table
      caption={t("envelope.history")}
      search={false}
      rows={props.steps}
      rowKey={(row) => `${row.office} ${row.time}`}
      columns={[
        {
          key: "office",
          title: t("step.office"),
          value: (row) => row.office,
          show: (row) => <OfficeName id={row.office} />,
        },
        {
          key: "action",
          title: t("step.action"),
          value: (row) => word("step_actions", row.action),
        },
        {
          key: "reason",
          title: t("dialog.reason"),
          value: (row) => word("return_reasons", row.reason),
        },
        {
          key: "to",
          title: t("step.to"),
          value: (row) => row.to,
          show: (row) => <OfficeName id={row.to} />,
        },
        { key: "code", title: t("step.code"), value: (row) => row.code },
        { key: "remarks", title: t("step.remarks"), wrap: true, value: (row) => row.remarks },
        fieldColumn("time", t("step.time"), "time"),
      ]}
    />
  );
}
