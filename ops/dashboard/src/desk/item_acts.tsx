// What a clerk may do with an item: sign for it, settle, return, assign, correct, report the
// arrival, answer. The daemon decides; pages only ask.
import { useState } from "preact/hooks";
import { act, type Options } from "../api";
import { t, type Key } from "../i18n";
import { Note } from "../parts/basics";
import { ActDialog } from "../parts/dialog";
import { Area, Select } from "../parts/inputs";
import { useOffices, type Office } from "../parts/office";
import { CodePicker, OfficePicker } from "../parts/office_picker";
import { may, session } from "../session";
import { useStore } from "../store";
import type { InboxItem, OpenedItem } from "./types";
import { formOf, formTitle, listOf } from "../words";
import { asOptions, complete, FormFields, type Values } from "./form";
import { isHighRisk, isNotice } from "./opened";

type ActName =
  | "collect"
  | "own_area"
  | "unlinked"
  | "settle"
  | "return"
  | "assign"
  | "correct"
  | "arrived"
  | "answer";

// Which acts this item takes here: a township checks, a desk above assigns or returns.
function actsOf(item: OpenedItem, listed: InboxItem, office: string): ActName[] {
  const settled = listed.state === "settled";
  const notice = isNotice(item.kind);
  const township = office.startsWith("township:");
  const out: ActName[] = [];
  if (listed.copy || listed.continued_by) return out;
  if (!settled && !listed.collected && may("inbox.collect")) out.push("collect");
  if (notice && !item.copy_of) {
    if (!settled && may("inbox.settle"))
      out.push(...((township ? ["own_area", "unlinked"] : []) as ActName[]));
    if (!settled && may("inbox.assign") && !township) out.push("assign");
    if (!settled && may("inbox.return")) out.push("return");
    if (!settled && !township && may("inbox.settle")) out.push("unlinked");
    if (township && may("inbox.correct")) out.push("correct");
    if (township && settled && may("inbox.arrived")) out.push("arrived");
    return out;
  }
  const form = formOf(String(item.payload.form || ""));
  if (!settled && form && form.answer && form.table.length === 0 && may("inbox.answer"))
    out.push("answer");
  if (!settled && item.kind === "work_order" && may("inbox.assign")) out.push("assign");
  if (!settled && !(form && form.answer) && may("inbox.settle")) out.push("settle");
  return out;
}

export function ItemActs(props: { item: OpenedItem; listed: InboxItem; done: () => void }) {
  const who = useStore(session);
  const [acting, setActing] = useState<ActName | null>(null);
  const [done, setDone] = useState<ActName | null>(null);
  const acts = actsOf(props.item, props.listed, (who && who.office) || "");
  return (
    <>
      {done && <Note tone="good">{t("item.done", { act: t(`item.${done}` as Key) })}</Note>}
      {acts.length > 0 && (
        <div class="tools ruled">
          {acts.map((name, at) => (
            <button
              key={name}
              type="button"
              class={`button ${at === 0 ? "primary" : ""}`}
              onClick={() => setActing(name)}
            >
              {t(`item.${name}` as Key)} …
            </button>
          ))}
        </div>
      )}
      {acting && (
        <ItemAct
          key={acting}
          name={acting}
          item={props.item}
          onClose={() => setActing(null)}
          onDone={() => {
            setDone(acting);
            setActing(null);
            if (acting === "correct") props.done();
          }}
        />
      )}
    </>
  );
}

function formFor(name: ActName, item: OpenedItem) {
  if (name === "correct") return formOf("check_result.correction");
  if (name === "arrived") return formOf("arrival_report");
  const own = name === "answer" ? formOf(String(item.payload.form || "")) : undefined;
  return own ? formOf(own.answer) : undefined;
}

function ItemAct(props: {
  name: ActName;
  item: OpenedItem;
  onClose: () => void;
  onDone: () => void;
}) {
  const { name, item } = props;
  const who = useStore(session);
  const all = useOffices();
  const [values, setValues] = useState<Values>({});
  const [to, setTo] = useState("");
  const [why, setWhy] = useState("");
  const [code, setCode] = useState("");
  const [text, setText] = useState("");
  const form = formFor(name, item);
  const highRisk = name === "own_area" && isHighRisk(item.payload.risk);
  const here = (who && who.office) || "";
  const below = (one: Office) => {
    for (let at: string | null = one.parent, n = 0; at && n < 9; ++n) {
      if (at === here) return true;
      const found = all.byId.get(at);
      at = found ? found.parent : null;
    }
    return false;
  };
  const run = async (reason: string) => {
    const id: Options = { id: item.id };
    if (name === "collect") await act("inbox.collect", { ...id, clerk: who && who.account });
    else if (name === "own_area")
      await act("inbox.settle", { ...id, outcome: "own-area", measures: text });
    else if (name === "unlinked") await act("inbox.settle", { ...id, outcome: "unlinked" });
    else if (name === "settle") await act("inbox.settle", id);
    else if (name === "return")
      await act("inbox.return", { ...id, reason: why, code, remarks: text });
    else if (name === "assign") await act("inbox.assign", { ...id, to, reason });
    else await act(`inbox.${name}`, { ...id, ...asOptions(values) });
    props.onDone();
  };
  const ready =
    (!form || complete(form.fields, values)) &&
    (!highRisk || text.trim() !== "") &&
    (name !== "assign" || to !== "") &&
    (name !== "return" || why !== "");
  return (
    <ActDialog
      title={form ? formTitle(form) : t(`item.${name}` as Key)}
      does={t(`item.${name}.does` as Key)}
      verb={t(`item.${name}` as Key)}
      reason={name === "assign" ? "required" : undefined}
      ready={ready}
      onAct={run}
      onClose={props.onClose}
    >
      {highRisk && <Note tone="warn">{t("item.high_risk")}</Note>}
      {name === "own_area" && (
        <Area
          label={t("item.measures")}
          value={text}
          onChange={setText}
          required={highRisk}
          maxLength={2000}
        />
      )}
      {name === "assign" && (
        <OfficePicker
          label={t("item.assign.to")}
          value={to}
          onPick={setTo}
          among={below}
          required
        />
      )}
      {name === "return" && (
        <>
          <Select
            label={t("item.return.reason")}
            value={why}
            onChange={setWhy}
            any="–"
            choices={listOf("return_reasons").filter(
              (one) => one.value !== "found" || here.startsWith("population-police:"),
            )}
            required
          />
          <CodePicker
            label={t("item.return.code")}
            value={code}
            onPick={setCode}
            hint={t("item.return.code.hint")}
          />
          <Area
            label={t("step.remarks")}
            value={text}
            onChange={setText}
            maxLength={2000}
          />
        </>
      )}
      {form && <FormFields fields={form.fields} values={values} onChange={setValues} />}
    </ActDialog>
  );
}
