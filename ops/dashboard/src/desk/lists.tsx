// The lists (预放名单): monthly and ad hoc apart, copies apart. No row holds personal data; one item
// is opened at a time, and that is recorded.
import { useEffect, useRef, useState } from "preact/hooks";
import { count, masked, period as periodText } from "../format";
import { t, type Key } from "../i18n";
import { envelopeColumn, fieldColumn, officeColumn } from "../parts/columns";
import { Download } from "../parts/download";
import { Badge, Empty, Loading, Note, Page, Panel, StateBadge, Trouble } from "../parts/basics";
import { Dialog, Recorded } from "../parts/dialog";
import { Input, Select } from "../parts/inputs";
import { useOffices } from "../parts/office";
import { Table, type Column } from "../parts/table";
import { More } from "../parts/table_tools";
import { go, useFilter } from "../router";
import { may } from "../session";
import { useStore } from "../store";
import { useInbox, type Inbox } from "./inbox";
import type { InboxItem, OpenedItem } from "./types";
import { kinds, word } from "../words";
import { ItemPage } from "./item";
import { AddAct, CollectAct } from "./list_acts";
import { isNotice, openItem, opened } from "./opened";

const views = ["monthly", "ad_hoc", "unlinked", "other", "copies"] as const;
type View = (typeof views)[number];
const kindOf: Partial<Record<View, string>> = {
  monthly: "pre_release_notice",
  ad_hoc: "ad_hoc_report",
  unlinked: "unlinked_return",
};

export function ListsPage(props: { open: string }) {
  return props.open ? <ItemPage id={props.open} /> : <Lists />;
}

function Lists() {
  const [chosen, setView] = useFilter("view", "monthly");
  const view = (views as readonly string[]).includes(chosen) ? (chosen as View) : "monthly";
  const [month, setMonth] = useFilter("period");
  const [kind, setKind] = useFilter("kind");
  const [state, setState] = useFilter("state", "open");
  const [adding, setAdding] = useState(false);
  const [exporting, setExporting] = useState(false);
  const options = {
    kind: kindOf[view] || kind,
    period: month,
    all: state === "all",
    state: state === "collected" || state === "settled" ? state : "",
    other: view === "other",
    copies: view === "copies",
  };
  const inbox = useInbox(options);
  const { rows, error } = inbox;
  const exports = may("inbox.export") && (view !== "other" || kind !== "");
  return (
    <Page
      title={t("lists.title")}
      lead={t("lists.lead")}
      tools={
        <>
          {may("inbox.add") && (
            <button type="button" class="button" onClick={() => setAdding(true)}>
              {t("lists.add")} …
            </button>
          )}
          {exports && (
            <button
              type="button"
              class="button"
              disabled={!rows || !rows.length}
              onClick={() => setExporting(true)}
            >
              {t("lists.export")} …
            </button>
          )}
        </>
      }
    >
      <nav class="tabs" aria-label={t("lists.views")}>
        {views.map((one) => (
          <button key={one} type="button" aria-pressed={one === view} onClick={() => setView(one)}>
            {t(`lists.view.${one}` as Key)}
          </button>
        ))}
      </nav>
      <Panel title={t(`lists.view.${view}` as Key)} lead={t(`lists.view.${view}.lead` as Key)}>
        <div class="filters">
          <Input label={t("filter.period")} type="month" value={month} onChange={setMonth} />
          {!kindOf[view] && (
            <Select
              label={t("filter.kind")}
              value={kind}
              onChange={setKind}
              any={t("filter.all")}
              choices={kinds()
                .filter((one) => view === "copies" || !isNotice(one.word))
                .map((one) => ({ value: one.word, text: word("kinds", one.word) }))}
            />
          )}
          <Select
            label={t("filter.state")}
            value={state}
            onChange={setState}
            choices={(["open", "collected", "settled", "all"] as const).map((one) => ({
              value: one,
              text: t(`lists.state.${one}`),
            }))}
          />
        </div>
        {error && <Trouble error={error} />}
        {!rows && !error && <Loading />}
        {rows && <Items rows={rows} view={view} options={options} inbox={inbox} />}
      </Panel>
      {adding && <AddAct onClose={() => setAdding(false)} />}
      {exporting && rows && (
        <Dialog title={t("lists.export")} onClose={() => setExporting(false)}>
          <Note tone="warn">
            {t(inbox.more ? "lists.export.does.all" : "lists.export.does", {
              n: count(rows.length),
            })}
          </Note>
          <Recorded />
          <div class="dialog-foot">
            <button type="button" class="button" onClick={() => setExporting(false)}>
              {t("dialog.cancel")}
            </button>
            <Download
              class="button primary"
              command="inbox.export"
              options={options}
              name="inbox.csv"
              done={() => setExporting(false)}
            >
              {t("lists.export")}
            </Download>
          </div>
        </Dialog>
      )}
    </Page>
  );
}

function Items(props: {
  rows: InboxItem[];
  view: View;
  options: Record<string, unknown>;
  inbox: Inbox;
}) {
  const all = useOffices();
  const known = useStore(opened);
  const [failed, setFailed] = useState<{ code: string; text: string } | null>(null);
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [collecting, setCollecting] = useState(false);
  const collects = props.view !== "copies" && may("inbox.collect");
  const waiting = props.rows.filter(
    (row) => chosen.has(row.id) && !row.collected && row.state === "inbox",
  );
  const [opening, setOpening] = useState("");
  const here = useRef(true);
  useEffect(() => () => void (here.current = false), []);
  const open = (id: string) => {
    if (known.has(id)) return go(`/desk/lists/${id}`);
    if (opening) return; // each opening is recorded: a second click is none
    setOpening(id);
    setFailed(null);
    openItem(id)
      .then(() => here.current && go(`/desk/lists/${id}`))
      .catch(setFailed)
      .then(() => setOpening(""));
  };
  const columns: Column<InboxItem>[] = [
    {
      key: "open",
      title: t("lists.open"),
      file: false,
      value: (row) => (known.has(row.id) ? 0 : 1),
      show: (row) => (
        <button
          type="button"
          class="button small"
          title={t("lists.open.hint")}
          disabled={opening !== ""}
          onClick={() => open(row.id)}
        >
          {known.has(row.id) ? t("lists.opened") : t("lists.open")}
          <span class="vh"> {row.id}</span>
        </button>
      ),
    },
    {
      key: "state",
      title: t("filter.state"),
      value: (row) => row.state,
      show: (row) => <States item={row} />,
    },
    {
      key: "person",
      title: t("lists.person"),
      hint: t("lists.person.hint"),
      file: false,
      value: (row) => personOf(known.get(row.id)),
    },
    { key: "kind", title: t("filter.kind"), value: (row) => word("kinds", row.kind) },
    officeColumn(all, "origin", t("filter.origin")),
    {
      key: "period",
      title: t("filter.period"),
      value: (row) => row.period,
      show: (row) => periodText(row.period),
    },
    fieldColumn("received", t("reports.received"), "time"),
    fieldColumn("due", t("due.due"), "time"),
    envelopeColumn(),
  ];
  return (
    <>
      {failed && <Trouble error={failed} />}
      <Table
        caption={t(`lists.view.${props.view}` as Key)}
        rows={props.rows}
        rowKey={(row) => row.id}
        sort="received"
        file={{
          command: "inbox.list",
          list: "items",
          options: props.options as Record<string, string>,
        }}
        empty={<Empty title={t("lists.none")}>{t("lists.none.lead")}</Empty>}
        columns={columns}
        selected={collects ? chosen : undefined}
        onSelect={setChosen}
        more={props.inbox.more && <More shown={props.rows.length} {...props.inbox} />}
        tools={
          collects && (
            <button
              type="button"
              class="button small primary"
              disabled={!waiting.length}
              onClick={() => setCollecting(true)}
            >
              {t("lists.collect", { n: count(waiting.length) })} …
            </button>
          )
        }
      />
      {collecting && (
        <CollectAct
          ids={waiting.map((row) => row.id)}
          onClose={() => setCollecting(false)}
          onDone={() => {
            setChosen(new Set());
            setCollecting(false);
            props.inbox.forget();
          }}
        />
      )}
    </>
  );
}

// Name and masked ID number of what has been opened; nothing of what has not.
function personOf(item: OpenedItem | undefined): string {
  const { name = "", id_number = "" } = item ? item.payload : {};
  return `${name} ${masked(String(id_number))}`.trim();
}

export function States(props: { item: InboxItem }) {
  const { item } = props;
  return (
    <>
      <StateBadge state={item.state} />{" "}
      {item.collected && <Badge tone="good">{word("receipts", "collected")}</Badge>}{" "}
      {item.late && <Badge tone="warn">{t("envelope.late")}</Badge>}{" "}
      {item.continued_by && <Badge tone="info">{t("lists.continued")}</Badge>}{" "}
      {item.kept_back && <Badge tone="warn">{t("lists.kept_back")}</Badge>}{" "}
      {item.possible_duplicate_of && item.possible_duplicate_of.length > 0 && (
        <Badge tone="warn">{t("lists.duplicate")}</Badge>
      )}
    </>
  );
}
