// How the office stands: what is ahead, queues, room, what ends by itself.
import { bytes, duration, versionOrKey } from "../format";
import { either, t } from "../i18n";
import { Badge, Figure, Left, Meter, Num, Panel, Time } from "../parts/basics";
import { Table } from "../parts/table";
import { may } from "../session";
import type { Overview } from "../types";
import { word } from "../words";

export function Moments(props: { data: Overview }) {
  return (
    <Table
      caption={t("overview.moments")}
      search={false}
      rows={props.data.moments}
      rowKey={(row) => `${row.what} ${row.at}`}
      rowClass={(row) => (row.passed ? "passed" : "")}
      empty={t("overview.moments.none")}
      columns={[
        {
          key: "what",
          title: t("overview.moments.what"),
          wrap: true,
          value: (row) => either(row.en, row.zh),
        },
        {
          key: "at",
          title: t("overview.moments.at"),
          type: "time",
          value: (row) => row.at,
          show: (row) => <Time at={row.at} exact />,
        },
        {
          key: "left_s",
          title: t("overview.moments.left"),
          type: "duration",
          value: (row) => row.left_s,
          show: (row) =>
            row.passed ? (
              <Badge tone="good">{t("overview.moment.passed")}</Badge>
            ) : (
              <Left seconds={row.left_s} />
            ),
        },
      ]}
    />
  );
}

export function Standing(props: { data: Overview }) {
  const { links, queues, due } = props.data;
  const stopped = queues.held + queues.dead + queues.corrupt;
  return (
    <Panel title={t("overview.queues")} tools={<a href="/queues">{t("overview.more")}</a>}>
      <dl class="figures">
        {(["gated", "ready", "sent", "deferred"] as const).map((state) => (
          <Figure
            key={state}
            label={word("states", state)}
            value={<Num value={queues[state]} />}
            unit={t("unit.items")}
          />
        ))}
        {(["held", "dead", "corrupt"] as const).map((state) => (
          <Figure
            key={state}
            label={word("states", state)}
            value={
              <a href={`/queues?state=${state}`}>
                <Num value={queues[state]} tone={stopped ? "bad" : undefined} />
              </a>
            }
            unit={t("unit.items")}
          />
        ))}
        <Figure
          label={word("states", "inbox")}
          value={<Num value={queues.inbox} />}
          unit={t("unit.items")}
        />
        <Figure label={t("overview.behind")} value={duration(queues.oldest_s)} />
        <Figure label={t("queues.bytes")} value={bytes(queues.bytes)} />
      </dl>
      <dl class="figures ruled">
        <Figure
          label={`${t("overview.links")}: ${t("overview.links.up")}`}
          value={
            <a href="/links">
              <Num value={links.up} />
            </a>
          }
          unit={t("unit.channels")}
        />
        <Figure
          label={`${t("overview.links")}: ${t("overview.links.down")}`}
          value={
            <a href="/links">
              <Num value={links.down} tone="bad" />
            </a>
          }
          unit={t("unit.channels")}
        />
        <Figure
          label={`${t("overview.due")}: ${t("overview.due.due")}`}
          value={
            <a href="/due">
              <Num value={due.due} />
            </a>
          }
          unit={t("unit.items")}
        />
        <Figure
          label={`${t("overview.due")}: ${t("overview.due.overdue")}`}
          value={
            <a href="/due?overdue=1">
              <Num value={due.overdue} tone="bad" />
            </a>
          }
          unit={t("unit.items")}
        />
      </dl>
    </Panel>
  );
}

export function Room(props: { data: Overview }) {
  const { room, store } = props.data;
  const text = (used: number, limit: number) =>
    t("overview.room.used", { used: bytes(used), limit: bytes(limit) });
  return (
    <Panel title={t("overview.room")} lead={t("overview.room.lead")}>
      {room.map((one) => (
        <Meter
          key={one.quota}
          label={word("quotas", one.quota)}
          used={one.used_bytes}
          limit={one.limit_bytes}
          text={text(one.used_bytes, one.limit_bytes)}
        />
      ))}
      <Meter
        label={t("overview.store")}
        used={store.used_bytes}
        limit={store.map_bytes}
        text={text(store.used_bytes, store.map_bytes)}
      />
    </Panel>
  );
}

export function Expiries(props: { data: Overview }) {
  return (
    <Panel
      title={t("overview.expiries")}
      tools={may("directory.status") && <a href="/directory">{t("overview.more")}</a>}
    >
      <ul class="plain">
        {props.data.expiries.map((one) => (
          <li key={one.what} class="line">
            <Badge tone={one.over ? "bad" : one.warning ? "warn" : "good"}>
              {word("expiries", one.what)}
            </Badge>
            <span class="quiet">{versionOrKey(one.detail)}</span>
            <span class="grow" />
            <Time at={one.until} none={t("time.over")} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
