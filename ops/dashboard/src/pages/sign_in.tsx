// Signing in, and the password that must be changed first.
import { useState } from "preact/hooks";
import { ApiError, post, type Session } from "../api";
import { t, useLanguage } from "../i18n";
import { Note, Trouble } from "../parts/basics";
import { FactorCode, Input, Password } from "../parts/inputs";
import { LanguageButton } from "../parts/shell";
import { session, signOut, take } from "../session";
import { useStore } from "../store";
import { PasswordForm } from "./me";

export function SignInPage() {
  useLanguage();
  const at = useStore(session);
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [wantsCode, setWantsCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  document.title = `${t("sign.title")} · ${t("app.name")}`;
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      take(await post<Session>("/api/sign-in", { account: account.trim(), password, code }));
      return;
    } catch (fault) {
      const failed = fault as ApiError;
      if (failed.secondFactor && !wantsCode) setWantsCode(true);
      else setError(failed);
    }
    setBusy(false);
  };
  return (
    <main class="alone">
      <form class="panel sign-in" onSubmit={submit}>
        <p class="brand large">{t("app.name")}</p>
        <p class="lead">{t("sign.lead")}</p>
        <h1>{t("sign.title")}</h1>
        {at && (
          <p>
            <strong>{at.name}</strong> <code>{at.office}</code>
          </p>
        )}
        {at && at.rehearsal && (
          <Note tone="info" title={t("app.rehearsal")}>
            {t("app.rehearsal.hint")}
          </Note>
        )}
        {error && <Trouble error={error} />}
        <Input
          label={t("sign.account")}
          value={account}
          onChange={setAccount}
          autocomplete="username"
          required
        />
        <Password label={t("sign.password")} value={password} onChange={setPassword} />
        {wantsCode && <FactorCode value={code} onChange={setCode} />}
        <button type="submit" class="button primary" disabled={busy}>
          {t("sign.in")}
        </button>
        <p class="quiet">{t("sign.first")}</p>
        <LanguageButton />
      </form>
    </main>
  );
}

export function MustChangePassword() {
  return (
    <main class="alone">
      <div class="panel sign-in">
        <h1>{t("me.password.must")}</h1>
        <p>{t("me.password.must.do")}</p>
        <PasswordForm />
        <div class="tools">
          <LanguageButton />
          <button type="button" class="button small" onClick={() => void signOut()}>
            {t("app.sign.out")}
          </button>
        </div>
      </div>
    </main>
  );
}
