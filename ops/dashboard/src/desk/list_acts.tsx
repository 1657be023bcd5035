// Acts on the list as a whole: signing for several items, adding a person whom no list names.
import { useState } from "preact/hooks";
import { act } from "../api";
import { count } from "../format";
import { t } from "../i18n";
import { Note } from "../parts/basics";
import { ActDialog } from "../parts/dialog";
import { nameOf, useOffices } from "../parts/office";
import { session } from "../session";
import { useStore } from "../store";
import { formOf } from "../words";
import { asOptions, complete, FormFields, type Values } from "./form";

// One after the other; the first that is refused stops, and what was signed for stays so.
export function CollectAct(props: { ids: string[]; onClose: () => void; onDone: () => void }) {
  const who = useStore(session);
  const [ids] = useState(props.ids);
  return (
    <ActDialog
      title={t("item.collect")}
      does={
        <>
          <p>{t("act.matched", { n: count(ids.length) })}</p>
          <p>{t("item.collect.does")}</p>
        </>
      }
      verb={t("item.collect")}
      onClose={props.onClose}
      onAct={async () => {
        for (const id of ids) await act("inbox.collect", { id, clerk: who && who.account });
        props.onDone();
      }}
    />
  );
}

// 补录: a person whom no list names.
export function AddAct(props: { onClose: () => void }) {
  const form = formOf("check_result.addition");
  const all = useOffices();
  const [values, setValues] = useState<Values>({});
  const [sent, setSent] = useState<{ to: string; envelope: string } | null>(null);
  if (!form) return null;
  return (
    <ActDialog
      title={t("lists.add")}
      does={t("lists.add.does")}
      verb={sent ? t("dialog.done") : t("lists.add")}
      ready={!!sent || complete(form.fields, values)}
      onClose={props.onClose}
      onAct={async () => {
        if (sent) return props.onClose();
        setSent(await act<{ to: string; envelope: string }>("inbox.add", asOptions(values)));
      }}
    >
      {sent ? (
        <Note tone="good">{t("lists.added", { office: nameOf(all, sent.to) || sent.to })}</Note>
      ) : (
        <FormFields fields={form.fields} values={values} onChange={setValues} />
      )}
    </ActDialog>
  );
}
