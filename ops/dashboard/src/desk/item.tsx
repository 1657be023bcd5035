// One opened item: what it says, its attachments, what may be done with it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api";
import { period } from "../format";
import { language, t } from "../i18n";
import { useLive } from "../live";
import { fieldColumn } from "../parts/columns";
import { Download } from "../parts/download";
import { Badge, Empty, Note, Page, Panel, Time, Trouble } from "../parts/basics";
import { Recorded } from "../parts/dialog";
import { OfficeName } from "../parts/office";
import { Table } from "../parts/table";
import { Fact, IdLink, Steps } from "../parts/facts";
import { may } from "../session";
import { useStore } from "../store";
import type { InboxItem, OpenedItem, Payload } from "./types";
import { fieldTitle, formOf, formTitle, noticeColumns, word, type FormField } from "../words";
import { ItemActs } from "./item_acts";
import { States } from "./lists";
import { openItem, opened } from "./opened";
import { Photographs } from "./photographs";

export function ItemPage(props: { id: string }) {
  const { id } = props;
  const known = useStore(opened).get(id);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const open = () => {
    if (busy) return; // each opening is recorded: a second click is none
    setBusy(true);
    setError(null);
    openItem(id)
      .catch(setError)
      .then(() => setBusy(false));
  };
  return (
    <Page
      title={t("item.title")}
      lead={<code>{id}</code>}
      tools={
        <a class="button" href="/desk/lists">
          {t("item.back")}
        </a>
      }
    >
      {error && <Trouble error={error} />}
      {known ? (
        <Opened item={known} again={open} />
      ) : (
        <Panel title={t("item.closed")} lead={t("item.closed.lead")}>
          <Recorded />
          <button type="button" class="button primary" disabled={busy} onClick={open}>
            {t("lists.open")}
          </button>
        </Panel>
      )}
    </Page>
  );
}

function Opened(props: { item: OpenedItem; again: () => void }) {
  const { item } = props;
  // How it stands in the list, live: what others do shows.
  const { data, error } = useLive<{ items: InboxItem[] }>("inbox.list", {
    id: item.id,
    kind: item.kind,
    all: true,
    copies: "with",
  });
  const listed = data && data.items.find((one) => one.id === item.id);
  return (
    <>
      {error && <Trouble error={error} />}
      <Panel title={word("kinds", item.kind)} tools={listed && <States item={listed} />}>
        <dl class="facts">
          <Fact name={t("filter.origin")}>
            <OfficeName id={item.first ? item.first.origin : item.origin} />
          </Fact>
          <Fact name={t("filter.period")}>{period(item.period)}</Fact>
          <Fact name={t("reports.received")}>
            <Time at={item.taken} />
          </Fact>
          <Fact name={t("due.due")}>
            <Time at={item.due} />
          </Fact>
          {item.in_reply_to && (
            <Fact name={t("envelope.in_reply_to")}>
              <IdLink id={item.in_reply_to} />
            </Fact>
          )}
        </dl>
        {item.possible_duplicate_of.length > 0 && (
          <Note tone="warn" title={t("lists.duplicate")}>
            {t("item.duplicate")}{" "}
            {item.possible_duplicate_of.map((other) => (
              <a key={other} href={`/desk/lists/${other}`}>
                <code>{other}</code>{" "}
              </a>
            ))}
          </Note>
        )}
        {listed && <ItemActs item={item} listed={listed} done={props.again} />}
      </Panel>
      <Content
        payload={item.payload}
        notice={!item.payload.form}
        beside={<Photographs attachments={item.attachments || []} />}
      />
      {item.attachments && item.attachments.length > 0 && <Attachments item={item} />}
      {(item.corrections || []).map((one) => (
        <Content key={String(one.id)} payload={one} title={formTitleOf(one)} />
      ))}
      {item.steps && item.steps.length > 0 && (
        <Panel title={t("envelope.history")}>
          <Steps steps={item.steps} />
        </Panel>
      )}
    </>
  );
}

function formTitleOf(payload: Payload): string {
  const form = formOf(String(payload.form));
  return form ? formTitle(form) : String(payload.form_zh || payload.form || "");
}

const hidden = ["form", "form_zh", "version", "rows", "id", "time", "steps", "notice"];

function said(field: FormField | undefined, value: unknown): string {
  if (value === true) return t("item.yes");
  if (value === false) return t("item.no");
  const choice = field && field.choices && field.choices.find((one) => one.word === value);
  if (choice)
    return language.get() === "zh" ? choice.zh : choice.en || choice.word.replace(/_/g, " ");
  return value === null || value === undefined || value === "" ? "–" : String(value);
}

// A notice or a form, field by field in the order of its table.
function Content(props: {
  payload: Payload;
  notice?: boolean;
  title?: string;
  beside?: ComponentChildren;
}) {
  const { payload } = props;
  const form = formOf(String(payload.form));
  const fields = props.notice ? noticeColumns() : form ? form.fields : [];
  const names = Object.keys(payload).filter((name) => !hidden.includes(name));
  const ordered = [
    ...fields.map((field) => field.name).filter((name) => names.includes(name)),
    ...names.filter((name) => !fields.some((field) => field.name === name)),
  ];
  const title = props.title || (props.notice ? t("item.person") : formTitleOf(payload));
  const rows = (payload.rows || []) as Payload[];
  const table = form ? form.table || [] : [];
  return (
    <Panel title={title}>
      <div class="beside">
        <dl class="facts">
          {ordered.map((name) => {
            const field = fields.find((one) => one.name === name);
            const text =
              name === "confidence"
                ? word("confidence", String(payload[name]))
                : said(field, payload[name]);
            return (
              <Fact
                key={name}
                name={field ? fieldTitle(field) : word("payload_fields", name)}
                wide={text.length > 60}
              >
                {text}
              </Fact>
            );
          })}
        </dl>
        {props.beside}
      </div>
      {rows.length > 0 && (
        <Table
          caption={title}
          rows={rows}
          rowKey={(row) => JSON.stringify(row)}
          columns={table.map((field) => ({
            key: field.name,
            title: fieldTitle(field),
            value: (row: Payload) => said(field, row[field.name]),
          }))}
        />
      )}
    </Panel>
  );
}

function Attachments(props: { item: OpenedItem }) {
  const files = props.item.attachments || [];
  return (
    <Panel title={word("kinds", "attachment")} lead={t("item.attachments.lead")}>
      <Table
        caption={word("kinds", "attachment")}
        search={false}
        rows={files}
        rowKey={(row) => `${row.id} ${row.name}`}
        empty={<Empty title={t("table.empty")} />}
        columns={[
          {
            key: "type",
            title: t("item.attachment.type"),
            value: (row) => word("attachment_types", row.type),
          },
          { key: "name", title: t("item.attachment.name"), value: (row) => row.name },
          fieldColumn("size", t("queues.bytes"), "bytes"),
          {
            key: "state",
            title: t("filter.state"),
            value: (row) => row.state,
            show: (row) => (
              <>
                <Badge tone={row.state === "here" ? "good" : "warn"}>
                  {t(row.state === "here" ? "item.attachment.here" : "item.attachment.missing")}
                </Badge>{" "}
                {!row.announced && <Badge tone="warn">{t("item.attachment.unannounced")}</Badge>}
              </>
            ),
          },
          {
            key: "save",
            title: t("item.attachment.save"),
            value: () => "",
            show: (row) =>
              row.state === "here" && row.id && may("inbox.attachment") ? (
                <Download
                  class="button small"
                  command="inbox.attachment"
                  options={{ id: row.id }}
                  name={row.name || "attachment"}
                >
                  {t("item.attachment.save")}
                </Download>
              ) : (
                "–"
              ),
          },
        ]}
      />
    </Panel>
  );
}
