// Small things every page is made of.
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect } from "preact/hooks";
import { useNow } from "../clock";
import { count, duration, exact, relative } from "../format";
import { t, type Key } from "../i18n";
import { kept, useStore } from "../store";
import { knows, word } from "../words";

export const exactTimes = kept<"relative" | "exact">("times", "relative");
// Within a table a time is no stop of the Tab key: the switch in the head shows all exact ones.
export const InTable = createContext(false);

export function Page(props: {
  title: string;
  lead?: ComponentChildren;
  tools?: ComponentChildren;
  children?: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${props.title} · ${t("app.name")}`;
  }, [props.title]);
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{props.title}</h1>
          {props.lead && <p class="lead">{props.lead}</p>}
        </div>
        {props.tools && <div class="tools">{props.tools}</div>}
      </header>
      {props.children}
    </>
  );
}

export function Panel(props: {
  title: string;
  lead?: ComponentChildren;
  tools?: ComponentChildren;
  children?: ComponentChildren;
  class?: string;
}) {
  return (
    <section class={`panel ${props.class || ""}`} aria-label={props.title}>
      <div class="panel-head">
        <h2>{props.title}</h2>
        {props.tools && <div class="tools">{props.tools}</div>}
      </div>
      {props.lead && <p class="lead">{props.lead}</p>}
      {props.children}
    </section>
  );
}

export type Tone = "good" | "warn" | "bad" | "info" | "quiet";
const marks: Record<Tone, string> = {
  good: "✓",
  warn: "!",
  bad: "✕",
  info: "i",
  quiet: "·",
};

// A sign, a word and a colour: the colour is never alone.
export function Badge(props: { tone: Tone; children: ComponentChildren; title?: string }) {
  return (
    <span class={`badge ${props.tone}`} title={props.title}>
      <span class="mark" aria-hidden="true">
        {marks[props.tone]}
      </span>
      {props.children}
    </span>
  );
}

const stateTones: Record<string, Tone> = {
  gated: "quiet",
  ready: "info",
  sent: "info",
  deferred: "warn",
  held: "bad",
  inbox: "info",
  settled: "good",
  dead: "bad",
  corrupt: "bad",
  passed_on: "good",
  copy: "quiet",
};
export function StateBadge(props: { state: string }) {
  return <Badge tone={stateTones[props.state] || "quiet"}>{word("states", props.state)}</Badge>;
}

// "check_digit: the check digit is wrong": the token in words, then what the program says.
export function Because(props: { list: "refusals" | "hold_reasons"; text: string }) {
  const token = props.text.slice(0, Math.max(0, props.text.indexOf(":")));
  return (
    <>
      {knows(props.list, token) && <strong>{word(props.list, token)} </strong>}
      <span class="said" lang="en">
        {props.text}
      </span>
    </>
  );
}

export function Note(props: { tone: Tone; title?: string; children?: ComponentChildren }) {
  return (
    <div class={`note ${props.tone}`} role={props.tone === "bad" ? "alert" : "status"}>
      <span class="mark" aria-hidden="true">
        {marks[props.tone]}
      </span>
      <div>
        {props.title && <strong>{props.title}</strong>}
        {props.children && <div>{props.children}</div>}
      </div>
    </div>
  );
}

// What went wrong, what it means and what to do; the server's own words beside it.
export function Trouble(props: { error: { code: string; text: string } }) {
  const { code, text } = props.error;
  const known = ["misuse", "sign_in", "forbidden", "not_found", "refused", "locked", "corrupt"];
  known.push("full", "io", "retry", "unreachable", "unreadable_file");
  const name = (known.includes(code) ? code : "io") as "io";
  return (
    <Note tone={code === "not_found" ? "info" : "bad"} title={t(`error.${name}` as Key)}>
      {t(`error.${name}.do` as Key)}
      {text && (
        <p class="said" lang="en">
          {text}
        </p>
      )}
    </Note>
  );
}

export function Empty(props: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{props.title}</strong>
      {props.children && <p>{props.children}</p>}
    </div>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      {t("app.loading")}
    </p>
  );
}

export function Time(props: { at: string | null | undefined; none?: string; exact?: boolean }) {
  const now = useNow();
  const mode = useStore(exactTimes);
  const inTable = useContext(InTable);
  if (!props.at) return <span class="quiet">{props.none || "–"}</span>;
  const ms = Date.parse(props.at);
  if (isNaN(ms)) return <>{props.at}</>;
  const whole = exact(ms);
  const age = relative(ms, now);
  if (mode === "exact" || props.exact)
    return (
      <time dateTime={props.at} title={age}>
        {props.exact ? whole.slice(0, 16) : whole}
      </time>
    );
  return (
    <time dateTime={props.at} title={whole} data-exact={whole} tabIndex={inTable ? undefined : 0}>
      {age}
      <span class="vh"> ({whole})</span>
    </time>
  );
}

export function Num(props: { value: number | null | undefined; tone?: Tone }) {
  const zero = !props.value;
  return (
    <span class={zero ? "num zero" : `num ${props.tone ? `ink-${props.tone}` : ""}`}>
      {count(props.value)}
    </span>
  );
}

// A number with its name and unit.
export function Figure(props: {
  label: string;
  value: ComponentChildren;
  unit?: string;
  tone?: Tone;
  sign?: string; // before it: "=", "+"
}) {
  return (
    <div class={`figure ${props.tone ? `ink-${props.tone}` : ""}`} data-sign={props.sign}>
      <dt>{props.label}</dt>
      <dd>
        <span class="value">{props.value}</span>
        {props.unit && <span class="unit">{props.unit}</span>}
      </dd>
    </div>
  );
}

export function Left(props: { seconds: number | null | undefined }) {
  const { seconds } = props;
  if (seconds === null || seconds === undefined) return <>–</>;
  if (seconds <= 0) return <span class="ink-bad">{t("time.over")}</span>;
  return <span class={seconds < 86400 ? "ink-warn" : ""}>{duration(seconds)}</span>;
}

export function Meter(props: { label: string; used: number; limit: number; text: string }) {
  const share = props.limit > 0 ? Math.min(1, props.used / props.limit) : 0;
  const tone = share >= 0.9 ? "bad" : share >= 0.8 ? "warn" : "good";
  return (
    <div class="meter">
      <span class="meter-label">{props.label}</span>
      <span
        class={`meter-bar ${tone}`}
        role="meter"
        aria-label={props.label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={props.text}
      >
        <span ref={(bar) => void (bar && (bar.style.width = `${share * 100}%`))} />
      </span>
      <span class="meter-text">{props.text}</span>
    </div>
  );
}
