// One act on an account: add, remove, lock, unlock, reset, role, second factor off. A one-time password is shown once.
import { useState } from "preact/hooks";
import { post } from "../api";
import { t } from "../i18n";
import { Note } from "../parts/basics";
import { ActDialog, Dialog } from "../parts/dialog";
import { Input, Select } from "../parts/inputs";
import { listOf } from "../words";

export interface Account {
  account: string;
  role: string;
  name: string;
  locked: boolean;
  second_factor: boolean;
  created: string;
  last_seen: string | null;
  must_change_password: boolean;
}
export type AccountActName = | "add"
  | "remove"
  | "lock"
  | "unlock"
  | "reset"
  | "role"
  | "second-factor-off";

export function AccountAct(props: {
  name: AccountActName;
  account?: Account;
  onClose: () => void;
  onDone: () => void;
}) {
  const { name, account } = props;
  const [id, setId] = useState(account ? account.account : "");
  const [person, setPerson] = useState("");
  const [role, setRole] = useState(account ? account.role : "");
  const [password, setPassword] = useState("");
  if (password)
    return (
      <Dialog title={t("accounts.password")} onClose={props.onClose}>
        <Note tone="warn" title={`${id}`}>
          {t("accounts.password.once")}
        </Note>
        <p class="one-time">
          <code>{password}</code>
        </p>
        <div class="dialog-foot">
          <button type="button" class="button primary" onClick={props.onClose}>
            {t("dialog.done")}
          </button>
        </div>
      </Dialog>
    );
  const title = name === "role" ? t("accounts.role.set") : t(`accounts.${name}`);
  const does =
    name === "add"
      ? t("accounts.add.does")
      : t(name === "role" ? "accounts.role.set.does" : `accounts.${name}.does`, { account: id });
  return (
    <ActDialog
      title={title}
      does={does}
      verb={title}
      danger={name === "remove"}
      ready={!!id && (name !== "add" || (!!person && !!role)) && (name !== "role" || !!role)}
      onClose={props.onClose}
      onAct={async () => {
        const said = await post<{ one_time_password?: string }>("/api/accounts", {
          act: name,
          account: id,
          ...(name === "add" ? { name: person, role } : name === "role" ? { role } : {}),
        });
        props.onDone();
        if (said.one_time_password) setPassword(said.one_time_password);
        else props.onClose();
      }}
    >
      {name === "add" && (
        <>
          <Input
            label={t("accounts.account")}
            value={id}
            onChange={setId}
            hint={t("accounts.account.hint")}
            pattern="[A-Za-z0-9._\-]+"
            maxLength={64}
            required
          />
          <Input
            label={t("accounts.name")}
            value={person}
            onChange={setPerson}
            maxLength={64}
            required
          />
        </>
      )}
      {(name === "add" || name === "role") && (
        <Select
          label={t("accounts.role")}
          value={role}
          onChange={setRole}
          any="–"
          choices={listOf("roles")}
          required
        />
      )}
    </ActDialog>
  );
}
