// One envelope: how it stands here, its custodians, receipts, events; and what may be done to it.
import { useEffect, useState } from "preact/hooks";
import { ApiError, call } from "../api";
import { bytes, count, period } from "../format";
import { t, type Key } from "../i18n";
import { Download } from "../parts/download";
import {
  Badge,
  Because,
  Empty,
  Loading,
  Note,
  Num,
  Page,
  Panel,
  StateBadge,
  Time,
  Trouble,
} from "../parts/basics";
import { Input } from "../parts/inputs";
import { Fact, IdLink, Steps } from "../parts/facts";
import { OfficeName } from "../parts/office";
import { go } from "../router";
import { may } from "../session";
import type { LedgerRow, Trace } from "../types";
import { word } from "../words";
import { BulkAct, bulkActs, type BulkName } from "./bulk_act";

export function EnvelopePage(props: { id: string }) {
  const { id } = props;
  const [typed, setTyped] = useState(id);
  const [trace, setTrace] = useState<Trace | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [acting, setActing] = useState<BulkName | null>(null);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    setTyped(id);
    setError(null);
    if (!id) return setTrace(null);
    const abort = new AbortController();
    call<Trace>("trace", { id }, abort.signal)
      .then(setTrace)
      .catch((fault) => {
        if (abort.signal.aborted) return;
        setTrace(null);
        setError(fault);
      });
    return () => abort.abort();
  }, [id, again]);
  const shown = trace && trace.id === id ? trace : null;
  return (
    <Page title={t("envelope.title")}>
      <form
        class="panel filters"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = typed.trim().toLowerCase();
          if (wanted === id) setAgain(again + 1);
          else go(wanted ? `/envelope/${encodeURIComponent(wanted)}` : "/envelope");
        }}
      >
        <Input
          label={t("envelope.id")}
          value={typed}
          onChange={setTyped}
          hint={t("envelope.id.hint")}
          maxLength={64}
          required
        />
        <button type="submit" class="button primary">
          {t("envelope.find")}
        </button>
      </form>
      {error && <Trouble error={error} />}
      {!id && <Empty title={t("envelope.ask")}>{t("envelope.ask.lead")}</Empty>}
      {id && !shown && !error && <Loading />}
      {shown && <Body trace={shown} act={setActing} />}
      {acting && (
        <BulkAct
          name={acting}
          selected={[id]}
          onClose={() => setActing(null)}
          onDone={() => setAgain(again + 1)}
        />
      )}
    </Page>
  );
}

function Body(props: { trace: Trace; act: (name: BulkName) => void }) {
  const { trace } = props;
  const { here, ledger } = trace;
  const acts = bulkActs.filter((name) => may(`queue.${name}`));
  return (
    <>
      <Panel
        title={t("envelope.here")}
        tools={
          <>
            {acts.map((name) => (
              <button
                key={name}
                type="button"
                class={`button small ${name === "expire" ? "danger" : ""}`}
                onClick={() => props.act(name)}
              >
                {t(`act.${name}` as Key)} …
              </button>
            ))}
            {may("evidence.export") && (
              <Download
                class="button small"
                command="evidence.export"
                options={{ id: trace.id }}
                name={`${trace.id}.xje`}
              >
                {t("envelope.evidence")}
              </Download>
            )}
          </>
        }
      >
        {here.reason && (
          <Note tone="bad" title={t("envelope.reason")}>
            <Because list="hold_reasons" text={here.reason} />
          </Note>
        )}
        <dl class="facts">
          <Fact name={t("filter.state")}>
            <StateBadge state={here.state} />{" "}
            {here.late && <Badge tone="warn">{t("envelope.late")}</Badge>}
          </Fact>
          <Fact name={t("filter.kind")}>{word("kinds", here.kind)}</Fact>
          <Fact name={t("filter.period")}>{period(here.period)}</Fact>
          <Fact name={t("envelope.class")}>{word("classes", here.class)}</Fact>
          <Fact name={t("filter.origin")}>
            <OfficeName id={here.origin} />
          </Fact>
          <Fact name={t("filter.destination")}>
            <OfficeName id={here.destination} />
          </Fact>
          <Fact name={t("envelope.from")}>
            <OfficeName id={here.from} />
          </Fact>
          <Fact name={t("envelope.next")}>
            <OfficeName id={here.next} />
          </Fact>
          <Fact name={t("queues.lane")}>{word("lanes", here.lane)}</Fact>
          <Fact name={t("queues.bytes")}>{bytes(here.bytes)}</Fact>
          <Fact name={t("envelope.hops")}>{count(here.hops)}</Fact>
          <Fact name={t("envelope.created")}>
            <Time at={here.created} />
          </Fact>
          <Fact name={t("queues.taken")}>
            <Time at={here.taken} />
          </Fact>
          <Fact name={t("queues.changed")}>
            <Time at={here.changed} />
          </Fact>
          <Fact name={t("envelope.not_before")}>
            <Time at={here.not_before} />
          </Fact>
          <Fact name={t("envelope.not_after")}>
            <Time at={here.not_after} />
          </Fact>
          {here.due && (
            <Fact name={t("envelope.due")}>
              <Time at={here.due} />
            </Fact>
          )}
          {here.copy_of && (
            <Fact name={t("envelope.copy_of")}>
              <IdLink id={here.copy_of} />
            </Fact>
          )}
          {here.in_reply_to && (
            <Fact name={t("envelope.in_reply_to")}>
              <IdLink id={here.in_reply_to} />
            </Fact>
          )}
          {here.readers && (
            <Fact name={t("envelope.readers")} wide>
              {here.readers.map((office) => (
                <OfficeName key={office} id={office} />
              ))}
            </Fact>
          )}
        </dl>
      </Panel>
      <Custody trace={trace} />
      {ledger && <Ledger row={ledger} trace={trace} />}
      {trace.history && trace.history.length > 0 && (
        <Panel title={t("envelope.history")}>
          <Steps steps={trace.history} />
        </Panel>
      )}
      <Panel title={t("envelope.events")}>
        {trace.events.length ? (
          <ol class="events" lang="en" tabIndex={0}>
            {trace.events.map((line, at) => (
              <li key={at}>
                <code>{line}</code>
              </li>
            ))}
          </ol>
        ) : (
          <Empty title={t("envelope.events.none")} />
        )}
      </Panel>
    </>
  );
}

function Custody(props: { trace: Trace }) {
  const when = (time: string | null) => (time ? Date.parse(time) : Infinity);
  const hops = props.trace.custody.slice().sort((a, b) => (when(a.time) < when(b.time) ? -1 : 1));
  return (
    <Panel title={t("envelope.custody")} lead={t("envelope.custody.lead")}>
      {hops.length ? (
        <ol class="way">
          {hops.map((hop, at) => (
            <li key={at}>
              <span class="quiet">{t(`envelope.${hop.direction}` as Key)}</span>
              <OfficeName id={hop.neighbour} />
              <Badge tone="quiet">{word("channels", hop.channel)}</Badge>
              {hop.consignment !== null && (
                <span class="quiet">{t("envelope.consignment", { n: hop.consignment })}</span>
              )}
              <Time at={hop.time} />
            </li>
          ))}
        </ol>
      ) : (
        <Empty title={t("envelope.custody.none")} />
      )}
    </Panel>
  );
}

function Ledger(props: { row: LedgerRow; trace: Trace }) {
  const { row, trace } = props;
  return (
    <Panel title={t("envelope.receipts")}>
      <dl class="facts">
        <Fact name={t("envelope.receipt")}>{word("receipts", row.receipt)}</Fact>
        <Fact name={t("envelope.outcome")}>{word("outcomes", row.outcome)}</Fact>
        <Fact name={t("envelope.confidence")}>{word("confidence", row.confidence)}</Fact>
        <Fact name={t("envelope.accepted")}>
          <Time at={row.accepted} />
        </Fact>
        <Fact name={t("envelope.delivered")}>
          <Time at={row.delivered} />
        </Fact>
        <Fact name={t("envelope.finished")}>
          <Time at={row.finished} />
        </Fact>
        <Fact name={t("envelope.resends")}>
          <Num value={row.resends} />
        </Fact>
        {trace.checked_by && (
          <Fact name={t("envelope.checked_by")}>
            <OfficeName id={trace.checked_by} />
          </Fact>
        )}
        {row.answers.map((answer) => (
          <Fact key={answer.id} name={t("envelope.answers")} wide>
            {word("kinds", answer.kind)} <IdLink id={answer.id} /> <Time at={answer.time} />
          </Fact>
        ))}
      </dl>
    </Panel>
  );
}
