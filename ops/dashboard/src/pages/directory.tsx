// The directory as this office believes it: townships without an office, offices, what ends when.
import { useMemo } from "preact/hooks";
import { versionOrKey } from "../format";
import { t, either } from "../i18n";
import { useLive } from "../live";
import { useCounted } from "../parts/asked";
import { Badge, Empty, Left, Loading, Note, Page, Panel, Trouble } from "../parts/basics";
import { fieldColumn } from "../parts/columns";
import { nameOf, OfficeName, useOffices, type Office } from "../parts/office";
import { Table } from "../parts/table";
import { useNow } from "../clock";
import { initialsOf } from "../pinyin";
import type { Expiry, MonthStatus } from "../types";
import { officeType, word } from "../words";

interface DirectoryStatus {
  root_version: number;
  snapshot_version: number;
  frozen: boolean;
  gates_may_open: boolean;
  forwards: boolean;
  expiries: Expiry[];
}

export function DirectoryPage() {
  const { data, error } = useLive<DirectoryStatus>("directory.status");
  return (
    <Page
      title={t("directory.title")}
      lead={
        data && t("directory.lead", { root: data.root_version, snapshot: data.snapshot_version })
      }
    >
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && (
        <>
          {!data.forwards && (
            <Note tone="bad" title={t("directory.no.forward")}>
              {t("directory.call.holders")}
            </Note>
          )}
          {data.forwards && !data.gates_may_open && (
            <Note tone="bad" title={t("directory.gates.shut")}>
              {t("directory.call.holders")}
            </Note>
          )}
          {data.frozen && (
            <Note tone="warn" title={t("directory.frozen")}>
              {t("directory.call.holders")}
            </Note>
          )}
        </>
      )}
      <Without />
      <OfficeList />
      {data && <Expiries rows={data.expiries} />}
    </Page>
  );
}

function Expiries(props: { rows: Expiry[] }) {
  const now = useNow();
  return (
    <Panel title={t("directory.expiries")}>
      <Table
        caption={t("directory.expiries")}
        search={false}
        rows={props.rows}
        rowKey={(row) => row.what}
        file={{ command: "directory.status", list: "expiries" }}
        columns={[
          { key: "what", title: t("directory.what"), value: (row) => word("expiries", row.what) },
          {
            key: "warning",
            title: t("directory.state"),
            value: (row) => (row.over ? 0 : row.warning ? 1 : 2),
            show: (row) => (
              <Badge tone={row.over ? "bad" : row.warning ? "warn" : "good"}>
                {row.over
                  ? t("time.over")
                  : row.warning
                    ? t("directory.soon")
                    : t("directory.fine")}
              </Badge>
            ),
          },
          { key: "detail", title: t("directory.detail"), value: (row) => versionOrKey(row.detail) },
          fieldColumn("until", t("directory.until"), "time"),
          {
            key: "left",
            title: t("directory.left"),
            value: (row) => row.until,
            show: (row) => <Left seconds={row.until ? (Date.parse(row.until) - now) / 1000 : 0} />,
          },
          {
            key: "means",
            title: t("directory.means"),
            wrap: true,
            value: (row) => either(row.means, row.means_zh),
          },
          {
            key: "who_acts",
            title: t("directory.who"),
            wrap: true,
            value: (row) => either(row.who_acts, row.who_acts_zh),
            show: (row) => <WithCode text={either(row.who_acts, row.who_acts_zh)} />,
          },
        ]}
      />
    </Panel>
  );
}

// What stands between backquotes is typed.
function WithCode(props: { text: string }) {
  return (
    <>
      {props.text
        .split("`")
        .map((part, at) => (at % 2 ? <code key={at}>{part}</code> : <span key={at}>{part}</span>))}
    </>
  );
}

function Without() {
  const { data, error } = useCounted<MonthStatus>("month.status");
  if (error) return <Trouble error={error} />;
  if (!data) return null;
  return (
    <Panel title={t("directory.without")} lead={t("directory.without.lead")}>
      <Table
        caption={t("directory.without")}
        rows={data.without_office}
        rowKey={(row) => row.code}
        file={{ command: "month.status", list: "without_office" }}
        empty={<Empty title={`✓ ${t("directory.without.none")}`} />}
        columns={[
          {
            key: "code",
            title: t("directory.code"),
            value: (row) => row.code,
            show: (row) => <code>{row.code}</code>,
          },
          { key: "name", title: t("directory.name"), value: (row) => row.name },
        ]}
      />
    </Panel>
  );
}

// Who still lacks a key comes first, townships before all others.
const urgency = (one: Office) => (one.registered ? 2 : one.office.startsWith("township:") ? 0 : 1);

function OfficeList() {
  const all = useOffices();
  const rows = useMemo(() => all.list.slice().sort((a, b) => urgency(a) - urgency(b)), [all]);
  return (
    <Panel title={t("directory.offices")}>
      <Table
        caption={t("directory.offices")}
        rows={rows}
        rowKey={(row) => row.office}
        search={t("network.search")}
        file={{ command: "offices", list: "offices" }}
        columns={[
          {
            key: "name",
            title: t("directory.name"),
            value: (row) => row.name,
            find: (row) => initialsOf(row.name),
          },
          {
            key: "office",
            title: t("directory.office"),
            value: (row) => row.office,
            show: (row) => <code>{row.office}</code>,
          },
          {
            key: "type",
            title: t("directory.type"),
            file: false,
            value: (row) => officeType(row.office),
          },
          {
            key: "parent",
            title: t("directory.parent"),
            value: (row) => `${nameOf(all, row.parent || "")} ${row.parent || ""}`,
            show: (row) => <OfficeName id={row.parent} />,
          },
          {
            key: "codes",
            title: t("directory.codes"),
            wrap: true,
            value: (row) => (row.codes || []).join(" "),
            show: (row) => ((row.codes || []).length ? <code>{row.codes.join(" ")}</code> : "–"),
          },
          {
            key: "registered",
            title: t("directory.registered"),
            value: (row) => (row.registered ? 1 : 0),
            show: (row) => (
              <Badge tone={row.registered ? "good" : "warn"}>
                {t(row.registered ? "directory.registered.yes" : "directory.registered.no")}
              </Badge>
            ),
          },
        ]}
      />
    </Panel>
  );
}
