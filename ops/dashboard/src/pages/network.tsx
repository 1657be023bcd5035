// The network below this office: a map of the hierarchy by health.
import { useMemo, useState } from "preact/hooks";
import { count, duration } from "../format";
import { t } from "../i18n";
import { useLive } from "../live";
import {
  Badge,
  Empty,
  InTable,
  Loading,
  Num,
  Page,
  Panel,
  Time,
  Trouble,
  type Tone,
} from "../parts/basics";
import { Check } from "../parts/inputs";
import { OfficeName } from "../parts/office";
import { Files } from "../parts/table_tools";
import { useFilter } from "../router";
import { word } from "../words";
import { grow, healths, rowsOf, type Branch, type Node, type Row } from "./network_tree";

const ROWS_MAX = 500;
const healthTones: Record<string, Tone> = {
  good: "good",
  warning: "warn",
  bad: "bad",
  silent: "bad",
  unknown: "quiet",
  not_on_the_bus: "quiet",
};

export function NetworkPage() {
  const { data, error } = useLive<{ as_of: string; offices: Node[] }>("network");
  const roots = useMemo(() => (data ? grow(data.offices) : []), [data]);
  return (
    <Page title={t("network.title")} lead={t("network.lead")}>
      {error && <Trouble error={error} />}
      {!data && !error && <Loading />}
      {data && !data.offices.length && <Empty title={t("network.none")} />}
      {data && data.offices.length > 0 && (
        <>
          <Summary offices={data.offices} />
          <Map roots={roots} total={data.offices.length} />
        </>
      )}
    </Page>
  );
}

function Summary(props: { offices: Node[] }) {
  const counts: Record<string, number> = {};
  for (const one of props.offices) counts[one.health] = (counts[one.health] || 0) + 1;
  return (
    <ul class="panel tiles" aria-label={t("network.health")}>
      {healths.map((health) => (
        <li key={health} class="tile">
          <Badge tone={counts[health] ? healthTones[health] : "quiet"}>
            {word("health", health)}
          </Badge>
          <span class="value">
            <Num value={counts[health] || 0} />
          </span>
          <span class="unit">{t("unit.offices")}</span>
        </li>
      ))}
    </ul>
  );
}

const numbers = [
  {
    key: "alarms.critical",
    title: "network.critical",
    of: (n: Node) => n.alarms.critical,
    tone: "bad",
  },
  {
    key: "alarms.warning",
    title: "network.warning",
    of: (n: Node) => n.alarms.warning,
    tone: "warn",
  },
  { key: "queued", title: "network.queued", of: (n: Node) => n.queued, tone: undefined },
  { key: "held", title: "", of: (n: Node) => n.held, tone: "bad" },
  { key: "inbox", title: "", of: (n: Node) => n.inbox, tone: undefined },
  { key: "overdue", title: "network.overdue", of: (n: Node) => n.overdue, tone: "bad" },
] as const;

function Map(props: { roots: Branch[]; total: number }) {
  const { roots } = props;
  const [text, setText] = useFilter("search");
  const [bad, setBad] = useFilter("bad");
  const [open, setOpen] = useState<Set<string>>(
    () => new Set(roots.map((root) => root.node.office)),
  );
  const { rows, cut } = useMemo(
    () => rowsOf(roots, open, text, bad === "1", ROWS_MAX),
    [roots, open, text, bad],
  );
  const toggle = (office: string) => {
    const next = new Set(open);
    if (!next.delete(office)) next.add(office);
    setOpen(next);
  };
  const title = (one: (typeof numbers)[number]) =>
    one.title ? t(one.title) : word("states", one.key);
  const columns = [
    { key: "office", title: t("network.office"), value: () => "" },
    { key: "name", title: t("directory.name"), value: () => "" },
    { key: "health", title: t("network.health"), value: () => "" },
    ...numbers.map((one) => ({ key: one.key, title: title(one), value: () => "" })),
    { key: "oldest_s", title: t("network.behind"), unit: "s", value: () => "" },
    { key: "as_of", title: t("network.heard"), value: () => "" },
  ];
  return (
    <Panel title={t("network.table")}>
      <div class="table">
        <div class="table-head">
          <input
            type="search"
            class="search"
            aria-label={t("network.search")}
            placeholder={t("network.search")}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <Check
            label={t("network.bad.only")}
            value={bad === "1"}
            onChange={(on) => setBad(on ? "1" : "")}
          />
          <span class="quiet" role="status">
            {t("table.rows.of", { n: count(rows.length), all: count(props.total) })}
          </span>
          <span class="grow" />
          <button type="button" class="button small" onClick={() => setOpen(new Set())}>
            {t("network.fold")}
          </button>
          <Files file={{ command: "network", list: "offices" }} columns={columns} />
        </div>
        <div class="scroll" role="region" tabIndex={0} aria-label={t("network.table")}>
          <InTable.Provider value={true}>
            <table class="tree">
              <caption class="vh">{t("network.table")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("network.office")}</th>
                  <th scope="col">{t("network.health")}</th>
                  <th scope="col">{t("network.below")}</th>
                  {numbers.map((one) => (
                    <th key={one.key} scope="col" class="n">
                      {title(one)}
                    </th>
                  ))}
                  <th scope="col" class="n">
                    {t("network.behind")}
                  </th>
                  <th scope="col">{t("network.heard")}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Line key={row.branch.node.office} row={row} toggle={toggle} />
                ))}
                {!rows.length && (
                  <tr>
                    <td colSpan={numbers.length + 5} class="none">
                      {t("table.nothing.found")}
                    </td>
                  </tr>
                )}
              </tbody>
            </table>
          </InTable.Provider>
        </div>
        {cut && <p class="quiet">{t("network.shown", { n: count(ROWS_MAX) })}</p>}
      </div>
    </Panel>
  );
}

function Line(props: { row: Row; toggle: (office: string) => void }) {
  const { branch, depth, open } = props.row;
  const { node } = branch;
  const name = node.name || node.office;
  return (
    <tr>
      <th scope="row">
        <span
          class="indent"
          ref={(box) => void (box && (box.style.paddingLeft = `${Math.min(depth, 6) * 18}px`))}
        >
          {branch.children.length > 0 ? (
            <button
              type="button"
              class="twig"
              aria-expanded={open}
              aria-label={t(open ? "network.close" : "network.open", { office: name })}
              onClick={() => props.toggle(node.office)}
            >
              {open ? "▾" : "▸"}
            </button>
          ) : (
            <span class="twig" aria-hidden="true" />
          )}
          <OfficeName id={node.office} name={node.name} />
        </span>
      </th>
      <td>
        <Badge tone={healthTones[node.health] || "quiet"}>{word("health", node.health)}</Badge>
      </td>
      <td>
        <Below branch={branch} />
      </td>
      {numbers.map((one) => (
        <td key={one.key} class="n">
          <Num value={one.of(node)} tone={one.tone} />
        </td>
      ))}
      <td class="n">{duration(node.oldest_s)}</td>
      <td>
        <Time at={node.as_of} />
      </td>
    </tr>
  );
}

// How many below are how well: a strip in proportion, and the same in words.
function Below(props: { branch: Branch }) {
  const { branch } = props;
  if (!branch.count) return <>–</>;
  const parts = healths.filter((health) => branch.below[health]);
  const text = parts
    .map((health) => `${word("health", health)} ${count(branch.below[health])}`)
    .join(", ");
  const said = t("network.below.of", { n: count(branch.count), parts: text });
  const worse = parts.filter((health) => health !== "good");
  return (
    <span class="below" title={said}>
      <span class="strip" aria-hidden="true">
        {parts.map((health) => (
          <span
            key={health}
            class={`part ${health}`}
            ref={(part) => void (part && (part.style.flexGrow = String(branch.below[health])))}
          />
        ))}
      </span>
      <span aria-hidden="true">
        {worse.length
          ? `${word("health", worse[0])} ${count(branch.below[worse[0]])}/${count(branch.count)}`
          : count(branch.count)}
      </span>
      <span class="vh">{said}</span>
    </span>
  );
}
