// Columns that many tables have: a field as it stands in the answer, an office, an envelope.
import { shortId } from "../format";
import { t } from "../i18n";
import { nameOf, OfficeName, type Offices } from "./office";
import type { Column } from "./table";

type Value = string | number | null | undefined;

export function fieldColumn<K extends string>(
  key: K,
  title: string,
  type: Column<unknown>["type"],
  unit?: string,
): Column<Partial<Record<K, Value>>> {
  return { key, title, type, unit, value: (row) => row[key] };
}

// By its id, under `key`; found and sorted by its name too.
export function officeColumn<K extends string>(
  all: Offices,
  key: K,
  title: string,
): Column<Record<K, string | null>> {
  return {
    key,
    title,
    value: (row) => `${nameOf(all, row[key] || "")} ${row[key] || ""}`,
    show: (row) => <OfficeName id={row[key]} />,
  };
}

export function envelopeColumn(): Column<{ id: string }> {
  return {
    key: "id",
    title: t("envelope.id"),
    value: (row) => row.id,
    show: (row) => (
      <a href={`/envelope/${row.id}`} title={row.id}>
        <code>{shortId(row.id)}</code>
      </a>
    ),
  };
}
