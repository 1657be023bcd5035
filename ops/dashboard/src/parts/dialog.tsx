// Dialogs that act: what it does, the reason, who is recorded; errors stay inside.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api";
import { t } from "../i18n";
import { session } from "../session";
import { useStore } from "../store";
import { Trouble } from "./basics";
import { Area } from "./inputs";

export function Dialog(props: {
  title: string;
  onClose: () => void;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      class={props.wide ? "wide" : ""}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <header>
        <h2>{props.title}</h2>
        <button type="button" class="close" aria-label={t("dialog.close")} onClick={props.onClose}>
          ×
        </button>
      </header>
      <div class="dialog-body">{props.children}</div>
    </dialog>
  );
}

// The account that the act is recorded under.
export function Recorded() {
  const who = useStore(session);
  const [before, after] = t("dialog.recorded", { account: "\n" }).split("\n");
  return (
    <p class="quiet">
      {before}
      <b translate={false}>{(who && who.account) || ""}</b>
      {after}
    </p>
  );
}

export function ActDialog(props: {
  title: string;
  does: ComponentChildren; // what happens
  verb: string;
  reason?: "required" | "optional";
  reasonLabel?: string;
  danger?: boolean;
  ready?: boolean;
  children?: ComponentChildren;
  onAct: (reason: string) => Promise<void>; // throws ApiError
  onClose: () => void;
}) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await props.onAct(reason.trim());
    } catch (fault) {
      setError(fault instanceof ApiError ? fault : new ApiError("io", String(fault)));
    }
    setBusy(false);
  };
  const lacking = props.reason === "required" && !reason.trim();
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={submit}>
        <div class="does">{props.does}</div>
        {props.children}
        {props.reason && (
          <Area
            label={props.reasonLabel || t("dialog.reason")}
            value={reason}
            onChange={setReason}
            required={props.reason === "required"}
            maxLength={2000}
          />
        )}
        <Recorded />
        {error && <Trouble error={error} />}
        <div class="dialog-foot">
          <button type="button" class="button" onClick={props.onClose}>
            {t("dialog.cancel")}
          </button>
          <button
            type="submit"
            class={`button ${props.danger ? "danger" : "primary"}`}
            disabled={busy || lacking || props.ready === false}
          >
            {busy ? t("dialog.busy") : props.verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
