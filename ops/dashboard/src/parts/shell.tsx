// The frame: the office, its clock, whether the page is live, the menu.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useNow } from "../clock";
import { count, exact } from "../format";
import { language, t, type Key } from "../i18n";
import { notLiveSince, useLive } from "../live";
import { menu } from "../menu";
import { place } from "../router";
import { may, session, signOut } from "../session";
import { useStore } from "../store";
import type { Overview } from "../types";
import { exactTimes } from "./basics";
import { KnowsOffices } from "./office";

export function Shell(props: { children: ComponentChildren }) {
  const who = useStore(session);
  const stale = useStore(notLiveSince);
  const [open, setOpen] = useState(false);
  const { data } = useLive<Overview>(may("overview") ? "overview" : null);
  const { path } = useStore(place);
  return (
    <div class={`shell ${open ? "menu-open" : ""}`} data-stale={stale ? "" : undefined}>
      <a class="skip" href="#content">
        {t("app.skip")}
      </a>
      <header class="top">
        <button
          type="button"
          class="menu-button"
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
        >
          ☰ {t("app.menu")}
        </button>
        <a class="brand" href="/">
          {t("app.name")}
        </a>
        <span class="top-office">
          <strong>{who && who.name}</strong> <code>{who && who.office}</code>
        </span>
        {who && who.rehearsal && (
          <span class="rehearsal" title={t("app.rehearsal.hint")}>
            {t("app.rehearsal")}
          </span>
        )}
        <span class="grow" />
        <OfficeClock overview={data} />
        <LiveSign />
        <Settings account={(who && who.account) || ""} />
      </header>
      <nav id="menu" aria-label={t("app.menu")} onClick={() => setOpen(false)}>
        {menu.map((group) => {
          const shown = group.items.filter((item) => item.shown());
          return (
            shown.length > 0 && (
              <div key={group.title}>
                <h2>{t(group.title)}</h2>
                <ul>
                  {shown.map((item) => (
                    <li key={item.path}>
                      <a href={item.path} aria-current={isAt(path, item.path) ? "page" : undefined}>
                        {t(item.title)}
                        {item.path === "/" && <AlarmCount overview={data} />}
                      </a>
                    </li>
                  ))}
                </ul>
              </div>
            )
          );
        })}
      </nav>
      <main id="content" tabIndex={-1}>
        <KnowsOffices>{props.children}</KnowsOffices>
      </main>
    </div>
  );
}

const isAt = (path: string, item: string) =>
  item === "/" ? path === "/" : path === item || path.startsWith(`${item}/`);

function AlarmCount(props: { overview?: Overview }) {
  const urgent = props.overview
    ? props.overview.alarms.filter((alarm) => alarm.level !== "notice").length
    : 0;
  if (!urgent) return null;
  return (
    <span class="count" title={t("nav.alarms", { n: count(urgent) })}>
      {urgent}
      <span class="vh"> {t("nav.alarms", { n: count(urgent) })}</span>
    </span>
  );
}

function OfficeClock(props: { overview?: Overview }) {
  const now = useNow();
  const doubt = props.overview && props.overview.clock && !props.overview.clock.trusted;
  return (
    <span class={`clock ${doubt ? "ink-bad" : ""}`} title={t("app.clock")}>
      <span class="vh">{t("app.clock")} </span>
      {exact(now).slice(0, 16)}
      {doubt && <strong> {t("app.clock.doubt")}</strong>}
    </span>
  );
}

function LiveSign() {
  const stale = useStore(notLiveSince);
  return (
    <span
      role="status"
      class={stale ? "live lost" : "live"}
      title={stale ? t("app.not.live.hint") : ""}
    >
      <span aria-hidden="true">{stale ? "✕" : "●"}</span>{" "}
      {stale ? t("app.not.live", { time: exact(stale.getTime()).slice(11) }) : t("app.live" as Key)}
    </span>
  );
}

function Settings(props: { account: string }) {
  const mode = useStore(exactTimes);
  return (
    <span class="settings">
      <button
        type="button"
        class="button small"
        aria-pressed={mode === "exact"}
        onClick={() => exactTimes.set(mode === "exact" ? "relative" : "exact")}
      >
        {t("app.times")}
      </button>
      <LanguageButton />
      <a class="button small" href="/me" translate={false}>
        {props.account}
      </a>
      <button type="button" class="button small" onClick={() => void signOut()}>
        {t("app.sign.out")}
      </button>
    </span>
  );
}

export function LanguageButton() {
  const now = useStore(language);
  return (
    <button
      type="button"
      class="button small"
      lang={now === "zh" ? "en" : "zh-CN"}
      onClick={() => language.set(now === "zh" ? "en" : "zh")}
    >
      {t("app.language")}
    </button>
  );
}
