// What became of a hand-in, row by row: refused first, then warnings, then accepted.
import { count } from "../format";
import { t } from "../i18n";
import { Badge, Because, Note } from "../parts/basics";
import { envelopeColumn, fieldColumn, officeColumn } from "../parts/columns";
import { useOffices } from "../parts/office";
import { Table } from "../parts/table";
import { fieldTitle, forms, noticeColumns, word } from "../words";
import type { Sent } from "./attach";

export interface Submitted {
  submission: string;
  kind: string;
  period: string;
  rows: number;
  accepted: number;
  repeated: number;
  refused: { row: number; field: string; reason: string }[];
  warnings: { row: number; field: string; text: string }[];
  envelopes: {
    row: number;
    id: string;
    destination: string;
    code: string;
    confidence: string;
    assigned: boolean;
    copy: string | null;
  }[];
}

// The column's name as the file has it.
function column(name: string, kind: string): string {
  const all = [
    ...noticeColumns(),
    ...forms()
      .filter((form) => form.kind === kind)
      .flatMap((form) => form.fields),
  ];
  const found = all.find((field) => field.name === name);
  return found ? fieldTitle(found) : word("file_fields", name);
}

export function Results(props: { said: Submitted; sent: Sent[]; expected: number }) {
  const { said, sent } = props;
  const all = useOffices();
  const failed = sent.filter((one) => one.error);
  return (
    <>
      {said.refused.length > 0 && (
        <Table
          caption={t("hand_in.refused")}
          hideCaption={false}
          rows={said.refused}
          rowKey={(row) => `${row.row} ${row.field}`}
          columns={[
            fieldColumn("row", t("hand_in.row"), "number"),
            {
              key: "field",
              title: t("hand_in.field"),
              value: (row) => column(row.field, said.kind),
            },
            {
              key: "reason",
              title: t("hand_in.reason"),
              wrap: true,
              value: (row) => row.reason,
              show: (row) => <Because list="refusals" text={row.reason} />,
            },
          ]}
        />
      )}
      {said.warnings.length > 0 && (
        <Table
          caption={t("hand_in.warnings")}
          hideCaption={false}
          rows={said.warnings}
          rowKey={(row) => `${row.row} ${row.field} ${row.text}`}
          columns={[
            fieldColumn("row", t("hand_in.row"), "number"),
            {
              key: "field",
              title: t("hand_in.field"),
              value: (row) => column(row.field, said.kind),
            },
            {
              key: "text",
              title: t("hand_in.reason"),
              wrap: true,
              value: (row) => row.text,
              show: (row) => <Because list="refusals" text={row.text} />,
            },
          ]}
        />
      )}
      {said.envelopes.length > 0 && (
        <Table
          caption={t("hand_in.accepted")}
          hideCaption={false}
          rows={said.envelopes}
          rowKey={(row) => `${row.row} ${row.id}`}
          columns={[
            fieldColumn("row", t("hand_in.row"), "number"),
            officeColumn(all, "destination", t("filter.destination")),
            { key: "code", title: t("directory.code"), value: (row) => row.code },
            {
              key: "confidence",
              title: t("envelope.confidence"),
              value: (row) => word("confidence", row.confidence),
            },
            {
              key: "assigned",
              title: t("hand_in.assigned"),
              value: (row) => (row.assigned ? 1 : 0),
              show: (row) =>
                row.assigned ? (
                  <Badge tone="good">{t("hand_in.assigned.yes")}</Badge>
                ) : (
                  <Badge tone="warn">{t("hand_in.assigned.no")}</Badge>
                ),
            },
            envelopeColumn(),
          ]}
        />
      )}
      {props.expected > 0 && (
        <Note tone={failed.length ? "warn" : sent.length < props.expected ? "info" : "good"}>
          {t("hand_in.attachments.sent", {
            n: count(sent.length - failed.length),
            all: count(props.expected),
          })}
          {failed.length > 0 && (
            <ul class="said">
              {failed.map((one) => (
                <li key={one.name}>
                  {one.name.replace(/^(\d{6})\d+/, "$1…")}: {one.error}
                </li>
              ))}
            </ul>
          )}
        </Note>
      )}
    </>
  );
}
