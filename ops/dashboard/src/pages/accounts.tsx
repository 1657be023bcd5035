// Accounts, for the three administrators' roles: who may do what, and what happened to whom.
import { useEffect, useState } from "preact/hooks";
import { get, query, type Options } from "../api";
import { t } from "../i18n";
import { useAskedPath } from "../parts/asked";
import { Badge, Loading, Page, Panel, Time, Trouble } from "../parts/basics";
import { useFurther, type Paging } from "../parts/further";
import { fieldColumn } from "../parts/columns";
import { PAGE_ROWS, Table } from "../parts/table";
import { More } from "../parts/table_tools";
import { may } from "../session";
import { word } from "../words";
import { AccountAct, type Account, type AccountActName } from "./account_act";

export function AccountsPage() {
  const list = useAskedPath<{ accounts: Account[] }>(may("accounts") ? "/api/accounts" : null);
  const [acted, setActed] = useState(0);
  const [acting, setActing] = useState<{ name: AccountActName; account?: Account } | null>(null);
  const acts = (account: Account): AccountActName[] =>
    (
      ["role", account.locked ? "unlock" : "lock", "second-factor-off", "reset", "remove"] as const
    ).filter(
      (name) => may(`accounts.${name}`) && (name !== "second-factor-off" || account.second_factor),
    );
  return (
    <Page title={t("accounts.title")} lead={t("accounts.lead")}>
      {list.error && <Trouble error={list.error} />}
      {may("accounts") && !list.data && !list.error && <Loading />}
      {list.data && (
        <Panel title={t("accounts.list")}>
          <Table
            caption={t("accounts.list")}
            rows={list.data.accounts}
            rowKey={(row) => row.account}
            tools={
              may("accounts.add") && (
                <button
                  type="button"
                  class="button small primary"
                  onClick={() => setActing({ name: "add" })}
                >
                  {t("accounts.add")} …
                </button>
              )
            }
            columns={[
              {
                key: "account",
                title: t("accounts.account"),
                value: (row) => row.account,
                show: (row) => <span translate={false}>{row.account}</span>,
              },
              { key: "name", title: t("accounts.name"), value: (row) => row.name },
              { key: "role", title: t("accounts.role"), value: (row) => word("roles", row.role) },
              {
                key: "locked",
                title: t("accounts.state"),
                value: (row) => (row.locked ? 0 : row.must_change_password ? 1 : 2),
                show: (row) =>
                  row.locked ? (
                    <Badge tone="bad">{t("accounts.locked")}</Badge>
                  ) : row.must_change_password ? (
                    <Badge tone="warn">{t("accounts.first")}</Badge>
                  ) : (
                    <Badge tone="good">{t("accounts.active")}</Badge>
                  ),
              },
              {
                key: "second_factor",
                title: t("accounts.factor"),
                value: (row) => (row.second_factor ? 1 : 0),
                show: (row) => (
                  <Badge tone={row.second_factor ? "good" : "warn"}>
                    {t(row.second_factor ? "accounts.factor.yes" : "accounts.factor.no")}
                  </Badge>
                ),
              },
              fieldColumn("last_seen", t("accounts.seen"), "time"),
              fieldColumn("created", t("accounts.created"), "time"),
              {
                key: "acts",
                title: t("accounts.acts"),
                value: () => "",
                show: (account) => (
                  <span class="acts">
                    {acts(account).map((name) => (
                      <button
                        key={name}
                        type="button"
                        class={`button small ${name === "remove" ? "danger" : ""}`}
                        onClick={() => setActing({ name, account })}
                      >
                        {t(name === "role" ? "accounts.role.set" : `accounts.${name}`)} …
                      </button>
                    ))}
                  </span>
                ),
              },
            ]}
          />
        </Panel>
      )}
      {may("accounts.log") && <Log acted={acted} />}
      {acting && (
        <AccountAct
          name={acting.name}
          account={acting.account}
          onClose={() => setActing(null)}
          onDone={() => {
            list.again();
            setActed(acted + 1);
          }}
        />
      )}
    </Page>
  );
}

interface Entry {
  number: number;
  time: string;
  account: string;
  what: string;
  detail: string;
  from: string;
}

const askLog = (options: Options) =>
  get<Record<string, unknown>>(`/api/accounts/log${query(options)}`);
const paging: Paging<Entry> = {
  ask: askLog,
  list: "entries",
  cursor: "before",
  keyOf: (row) => `${row.number} ${row.what} ${row.detail}`,
};
const options = { limit: 5 * PAGE_ROWS };

// Read anew after an act (`acted` counts them).
function Log(props: { acted: number }) {
  const first = useAskedPath<Record<string, unknown>>(`/api/accounts/log${query(options)}`);
  const log = useFurther(paging, options, first.data);
  const error = first.error || log.error;
  useEffect(() => {
    if (!props.acted) return;
    log.forget();
    first.again();
  }, [props.acted]);
  return (
    <Panel title={t("accounts.log")}>
      {error && <Trouble error={error} />}
      {!log.rows && !error && <Loading />}
      {log.rows && (
        <Table
          caption={t("accounts.log")}
          rows={log.rows}
          rowKey={paging.keyOf}
          more={<More shown={log.rows.length} {...log} />}
          columns={[
            {
              key: "time",
              title: t("audit.time"),
              type: "time",
              value: (row) => row.time,
              show: (row) => <Time at={row.time} />,
            },
            { key: "account", title: t("accounts.account"), value: (row) => row.account },
            {
              key: "what",
              title: t("accounts.log.what"),
              value: (row) => word("account_events", row.what),
            },
            {
              key: "detail",
              title: t("audit.detail"),
              wrap: true,
              value: (row) => row.detail,
              show: (row) => (
                <span class="said" lang="en">
                  {row.detail || "–"}
                </span>
              ),
            },
            { key: "from", title: t("accounts.log.from"), value: (row) => row.from },
          ]}
        />
      )}
    </Panel>
  );
}
