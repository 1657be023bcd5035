// A file whose opening is recorded: fetched by an act, then saved under its name.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError, download, type Options } from "../api";

export function Download(props: {
  command: string;
  options: Options;
  name: string;
  class?: string;
  done?: () => void;
  children: ComponentChildren;
}) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const save = async () => {
    setBusy(true);
    setFault("");
    try {
      await download(props.command, props.options, props.name);
      if (props.done) props.done();
    } catch (error) {
      setFault(error instanceof ApiError ? error.text || error.code : String(error));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" class={props.class || "button"} disabled={busy} onClick={save}>
        {props.children}
      </button>
      {fault && <span role="alert">{fault}</span>}
    </>
  );
}
