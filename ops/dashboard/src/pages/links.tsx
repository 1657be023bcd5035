// Links: one row a channel, its state from progress, its class and what proves it.
import { count, duration, milliseconds } from "../format";
import { t } from "../i18n";
import { useLive } from "../live";
import { Badge, Empty, Loading, Page, Panel, Time, Trouble, type Tone } from "../parts/basics";
import { fieldColumn, officeColumn } from "../parts/columns";
import { useOffices } from "../parts/office";
import { Table } from "../parts/table";
import { useNow } from "../clock";
import type { LinkRow } from "../types";
import { word } from "../words";

const tones: Record<string, Tone> = {
  idle: "good",
  sending: "good",
  greeting: "warn",
  courier: "quiet",
  folder: "quiet",
  down: "bad",
  refused_as_clone: "bad",
};
const proofTones: Record<string, Tone> = { proved: "good", attested: "warn", rehearsal: "info" };
const KEY_WARNING_S = 30 * 86400;

export function LinksPage() {
  const { data, error } = useLive<{ links: LinkRow[] }>("links");
  const all = useOffices();
  const now = useNow();
  const rows = data ? data.links : [];
  const wired = rows.filter((row) => row.state !== "courier" && row.state !== "folder");
  const up = wired.filter((row) => row.state === "idle" || row.state === "sending");
  return (
    <Page title={t("links.title")} lead={t("links.lead")}>
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && (
        <Panel
          title={t("links.title")}
          lead={t("links.summary", { up: up.length, all: wired.length })}
        >
          <Table
            caption={t("links.title")}
            rows={rows}
            rowKey={(row) => `${row.neighbour} ${row.channel}`}
            file={{ command: "links", list: "links" }}
            empty={<Empty title={t("links.none")}>{t("links.none.lead")}</Empty>}
            columns={[
              officeColumn(all, "neighbour", t("queues.neighbour")),
              {
                key: "channel",
                title: t("links.channel"),
                value: (row) => word("channels", row.channel),
              },
              {
                key: "state",
                title: t("links.state"),
                value: (row) => word("link_states", row.state),
                show: (row) => (
                  <Badge tone={tones[row.state] || "warn"}>{word("link_states", row.state)}</Badge>
                ),
              },
              {
                key: "carries",
                title: t("links.carrying"),
                value: (row) => (row.carries ? t("links.carries") : t("links.spare")),
                show: (row) =>
                  row.carries ? t("links.carries") : <span class="quiet">{t("links.spare")}</span>,
              },
              {
                key: "class_proof",
                title: t("links.class"),
                value: (row) => `${word("channels", row.class)} ${word("proofs", row.class_proof)}`,
                show: (row) => <Proof row={row} />,
              },
              {
                key: "round_trip_ms",
                title: t("queues.round.trip"),
                type: "number",
                value: (row) => row.round_trip_ms,
                show: (row) => milliseconds(row.round_trip_ms),
              },
              fieldColumn("last_progress", t("queues.progress"), "time"),
              fieldColumn("next_retry", t("links.next.retry"), "time"),
              {
                key: "outstanding",
                title: t("links.outstanding"),
                hint: t("links.outstanding.hint"),
                type: "number",
                value: (row) => row.outstanding,
                show: (row) => (row.window ? count(row.outstanding) : "–"),
              },
              {
                key: "key_until",
                title: t("links.key.until"),
                type: "time",
                value: (row) => row.key_until,
                show: (row) => <Key until={row.key_until} now={now} />,
              },
              {
                key: "dialled",
                title: t("links.dialled"),
                value: (row) => (row.dialled ? t("links.dialled.here") : t("links.dialled.there")),
              },
              {
                key: "directory_version",
                title: t("links.directory"),
                type: "number",
                value: (row) => row.directory_version,
                show: (row) => (
                  <>
                    {row.directory_version || "–"}{" "}
                    {row.digest_differs && <Badge tone="bad">{t("links.digest")}</Badge>}
                  </>
                ),
              },
            ]}
          />
        </Panel>
      )}
    </Page>
  );
}

function Proof(props: { row: LinkRow }) {
  const { row } = props;
  if (!row.class || !row.class_proof) return <span class="quiet">{t("links.unknown")}</span>;
  const text =
    row.class_proof === "attested" ? t("links.attested") : word("proofs", row.class_proof);
  return (
    <>
      {word("channels", row.class)}{" "}
      <Badge tone={proofTones[row.class_proof] || "quiet"}>{text}</Badge>
    </>
  );
}

function Key(props: { until: string | null; now: number }) {
  if (!props.until) return <>–</>;
  const left = (Date.parse(props.until) - props.now) / 1000;
  if (left <= 0) return <Badge tone="bad">{t("time.over")}</Badge>;
  if (left < KEY_WARNING_S) return <Badge tone="warn">{duration(left)}</Badge>;
  return <Time at={props.until} />;
}
