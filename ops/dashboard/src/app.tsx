// Which page an address means.
import { t, useLanguage } from "./i18n";
import { Empty, Page } from "./parts/basics";
import { Boundary } from "./parts/boundary";
import { Shell } from "./parts/shell";
import { menu } from "./menu";
import { place } from "./router";
import { session } from "./session";
import { useStore } from "./store";
import { AccountsPage } from "./pages/accounts";
import { AuditPage } from "./pages/audit";
import { DirectoryPage } from "./pages/directory";
import { DuePage } from "./pages/due";
import { EnvelopePage } from "./pages/envelope";
import { ExchangePage } from "./pages/exchange";
import { LinksPage } from "./pages/links";
import { MePage } from "./pages/me";
import { MonthPage } from "./pages/month";
import { NetworkPage } from "./pages/network";
import { OverviewPage } from "./pages/overview";
import { QueuesPage } from "./pages/queues";
import { ReportsPage } from "./pages/reports";
import { MustChangePassword, SignInPage } from "./pages/sign_in";
import { BulletinPage } from "./desk/bulletin";
import { HandInPage } from "./desk/hand_in";
import { ListsPage } from "./desk/lists";
import { PrintPage } from "./desk/print";
import { ReportSendPage } from "./desk/report_send";

const pages: Record<string, (rest: string) => preact.JSX.Element> = {
  "/": () => <OverviewPage />,
  "/month": () => <MonthPage />,
  "/queues": () => <QueuesPage />,
  "/envelope": (rest) => <EnvelopePage id={rest} />,
  "/links": () => <LinksPage />,
  "/reports": () => <ReportsPage />,
  "/due": () => <DuePage />,
  "/exchange": () => <ExchangePage />,
  "/network": () => <NetworkPage />,
  "/audit": () => <AuditPage />,
  "/directory": () => <DirectoryPage />,
  "/accounts": () => <AccountsPage />,
  "/me": () => <MePage />,
  "/desk/lists": (rest) => <ListsPage open={rest} />,
  "/desk/hand-in": () => <HandInPage />,
  "/desk/report": () => <ReportSendPage />,
  "/desk/print": (rest) => <PrintPage what={rest} />,
  "/desk/bulletin": () => <BulletinPage />,
};

function find(path: string): [string, string] | null {
  if (pages[path]) return [path, ""];
  const cut = path.lastIndexOf("/");
  const page = path.slice(0, cut);
  if (cut <= 0 || !pages[page]) return null;
  try {
    return [page, decodeURIComponent(path.slice(cut + 1))];
  } catch {
    return null; // "%" and no two digits
  }
}

function Content() {
  const { path } = useStore(place);
  const found = find(path);
  if (!found)
    return (
      <Page title={t("app.not.found")}>
        <Empty title={path}>{t("app.not.found.do")}</Empty>
      </Page>
    );
  const item = menu.map((group) => group.items.find((one) => one.path === found[0])).find(Boolean);
  if (item && !item.shown())
    return (
      <Page title={t(item.title)}>
        <Empty title={t("app.not.allowed")}>{t("app.not.allowed.do")}</Empty>
      </Page>
    );
  return <Boundary key={path}>{pages[found[0]](found[1])}</Boundary>;
}

export function App() {
  const said = useStore(session);
  useLanguage();
  if (!said) return null;
  if (!said.signed_in) return <SignInPage />;
  if (said.must_change_password) return <MustChangePassword />;
  return (
    <Shell>
      <Content />
    </Shell>
  );
}
