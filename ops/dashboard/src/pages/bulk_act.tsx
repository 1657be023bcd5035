// hold, release, requeue, expire: of one envelope, of those selected, or of all that match. A dry
// run counts first; a reason is required; what was refused is told.
import { useEffect, useState } from "preact/hooks";
import { act, ApiError, type Options } from "../api";
import { count } from "../format";
import { t, type Key } from "../i18n";
import { Note, Trouble } from "../parts/basics";
import { ActDialog } from "../parts/dialog";
import { Select } from "../parts/inputs";

export const bulkActs = ["hold", "release", "requeue", "expire"] as const;
export type BulkName = (typeof bulkActs)[number];

interface Said {
  matched: number;
  done: number;
  refused: { id: string; text: string }[];
  dry_run?: boolean;
}

export function BulkAct(props: {
  name: BulkName;
  selected: string[];
  filter?: Options;
  onClose: () => void;
  onDone: () => void;
}) {
  const { name, selected, filter } = props;
  const [scope, setScope] = useState(selected.length ? "selected" : "filter");
  const [dry, setDry] = useState<Said | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [done, setDone] = useState<Said | null>(null);
  const on = scope === "selected" ? { id: selected.join(",") } : filter;
  const run = (more: Options) => act<Said>(`queue.${name}`, { ...on, ...more });
  useEffect(() => {
    let dropped = false;
    setDry(null);
    setError(null);
    run({ dry_run: true })
      .then((said) => !dropped && setDry(said))
      .catch((fault) => !dropped && setError(fault));
    return () => {
      dropped = true;
    };
  }, [name, scope]);

  const choices = [{ value: "filter", text: t("queues.act.all") }];
  if (selected.length)
    choices.unshift({
      value: "selected",
      text: t("queues.act.selected", { n: count(selected.length) }),
    });
  return (
    <ActDialog
      title={t(`act.${name}` as Key)}
      does={t(`act.${name}.does` as Key)}
      verb={done ? t("dialog.done") : t(`act.${name}` as Key)}
      reason={done ? undefined : "required"}
      danger={name === "expire"}
      ready={done !== null || (dry !== null && dry.matched > 0)}
      onClose={props.onClose}
      onAct={async (reason) => {
        if (done) return props.onClose();
        setDone(await run({ reason }));
        props.onDone();
      }}
    >
      {filter && !done && (
        <Select label={t("queues.act.scope")} value={scope} onChange={setScope} choices={choices} />
      )}
      {error && <Trouble error={error} />}
      {!dry && !error && <p role="status">{t("act.checking")}</p>}
      {dry && !done && (
        <Note tone={dry.matched ? "info" : "quiet"}>
          {dry.matched ? t("act.matched", { n: count(dry.matched) }) : t("act.matched.none")}
          <Refused said={dry} />
        </Note>
      )}
      {done && (
        <Note tone={done.refused.length ? "warn" : "good"}>
          {t("act.done", { done: count(done.done), matched: count(done.matched) })}
          <Refused said={done} />
        </Note>
      )}
    </ActDialog>
  );
}

function Refused(props: { said: Said }) {
  const { refused } = props.said;
  if (!refused.length) return null;
  return (
    <>
      <p>{t("act.refused", { n: count(refused.length) })}</p>
      <ul class="said" lang="en">
        {refused.slice(0, 10).map((one) => (
          <li key={one.id}>
            <code>{one.id}</code> {one.text}
          </li>
        ))}
      </ul>
    </>
  );
}
