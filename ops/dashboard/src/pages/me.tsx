// The own account: password, second factor.
import { useState } from "preact/hooks";
import { encode } from "uqr";
import { ApiError, post, type Session } from "../api";
import { t } from "../i18n";
import { Badge, Note, Page, Panel, Trouble } from "../parts/basics";
import { FactorCode, Password } from "../parts/inputs";
import { loadSession, session, take } from "../session";
import { useStore } from "../store";
import { word } from "../words";

export function MePage() {
  const who = useStore(session);
  return (
    <Page
      title={t("me.title")}
      lead={who && t("me.lead", { account: who.account || "", role: word("roles", who.role) })}
    >
      <div class="columns">
        <Panel title={t("me.password")}>
          <PasswordForm />
        </Panel>
        <SecondFactor on={!!who && !!who.second_factor} />
      </div>
    </Page>
  );
}

const PASSWORD_MIN = 8; // and what else the server asks, which has the last word

export function PasswordForm() {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [done, setDone] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const differ = again !== "" && fresh !== again;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    setDone(false);
    try {
      take(await post<Session>("/api/password", { old, new: fresh }));
      setDone(true);
      setOld("");
      setFresh("");
      setAgain("");
    } catch (fault) {
      setError(fault as ApiError);
    }
    setBusy(false);
  };
  return (
    <form onSubmit={submit}>
      {done && <Note tone="good">{t("me.password.done")}</Note>}
      {error && <Trouble error={error} />}
      <Password label={t("me.password.old")} value={old} onChange={setOld} />
      <Password
        label={t("me.password.new")}
        value={fresh}
        onChange={setFresh}
        fresh
        hint={t("me.password.rule")}
      />
      <Password label={t("me.password.again")} value={again} onChange={setAgain} fresh />
      {differ && <Note tone="warn">{t("me.password.differ")}</Note>}
      <button
        type="submit"
        class="button primary"
        disabled={busy || !old || fresh.length < PASSWORD_MIN || fresh !== again}
      >
        {t("me.password")}
      </button>
    </form>
  );
}

interface Setup {
  secret: string;
  uri: string;
}

function SecondFactor(props: { on: boolean }) {
  const [setup, setSetup] = useState<Setup | null>(null);
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [stopping, setStopping] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const run = async (body: object) => {
    setError(null);
    try {
      const said = await post<Partial<Setup>>("/api/second-factor", body);
      if (said.secret) return setSetup(said as Setup);
      setSetup(null);
      setStopping(false);
      setCode("");
      setPassword("");
      await loadSession();
    } catch (fault) {
      setError(fault as ApiError);
    }
  };
  const submit = (body: object) => (event: Event) => {
    event.preventDefault();
    void run(body);
  };
  return (
    <Panel title={t("me.factor")}>
      {error && <Trouble error={error} />}
      <p>
        <Badge tone={props.on ? "good" : "warn"}>
          {props.on ? t("me.factor.on") : t("me.factor.off")}
        </Badge>
      </p>
      {!setup && !stopping && (
        <button
          type="button"
          class="button"
          onClick={() => (props.on ? setStopping(true) : void run({}))}
        >
          {props.on ? t("me.factor.stop") : t("me.factor.start")}
        </button>
      )}
      {stopping && (
        <form onSubmit={submit({ off: true, password })}>
          <p>{t("me.factor.stop.does")}</p>
          <Password label={t("sign.password")} value={password} onChange={setPassword} />
          <button type="submit" class="button danger">
            {t("me.factor.stop")}
          </button>
        </form>
      )}
      {setup && (
        <form onSubmit={submit({ code: code.trim() })}>
          <p>{t("me.factor.scan")}</p>
          <QrCode text={setup.uri} />
          <dl class="facts">
            <div class="fact wide">
              <dt>{t("me.factor.secret")}</dt>
              <dd>
                <code>{setup.secret}</code>
              </dd>
            </div>
            <div class="fact wide">
              <dt>{t("me.factor.uri")}</dt>
              <dd>
                <code class="break">{setup.uri}</code>
              </dd>
            </div>
          </dl>
          <FactorCode value={code} onChange={setCode} />
          <button type="submit" class="button primary">
            {t("me.factor.confirm")}
          </button>
        </form>
      )}
    </Panel>
  );
}

function QrCode(props: { text: string }) {
  const { data, size } = encode(props.text, { border: 2 });
  let path = "";
  data.forEach((row, y) => row.forEach((dark, x) => dark && (path += `M${x} ${y}h1v1h-1z`)));
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t("me.factor.qr")}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
