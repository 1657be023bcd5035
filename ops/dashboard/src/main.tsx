// Starts the page: who is signed in, the bus's words, then the app.
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style/app.css";
import { App } from "./app";
import { ApiError } from "./api";
import { t } from "./i18n";
import { Loading, Trouble } from "./parts/basics";
import { forgetOpened } from "./desk/opened";
import { forgetAll } from "./live";
import { loadSession, session } from "./session";
import { loadWords } from "./words";

const root = document.getElementById("app") as HTMLElement;
const RETRY_MS = 5000;

// The words are read once somebody is signed in: they need an account.
let wordsFor = "";
function forget(): void {
  if (!wordsFor) return;
  wordsFor = "";
  forgetAll();
  forgetOpened();
}

async function start(): Promise<void> {
  const said = session.get();
  const account = (said && said.signed_in && !said.must_change_password && said.account) || "";
  if (account && account !== wordsFor) {
    forget();
    render(<Loading />, root);
    await loadWords();
    wordsFor = account;
  } else if (!account) {
    forget();
  }
  render(<App />, root);
}

async function begin(): Promise<void> {
  try {
    if (!session.get()) await loadSession();
    await start();
  } catch (fault) {
    const said = session.get();
    if (said && !said.signed_in) return; // the page to sign in stands there
    const error = fault instanceof ApiError ? fault : new ApiError("io", String(fault));
    render(
      <main class="alone">
        <h1>{t("app.name")}</h1>
        <Trouble error={error} />
      </main>,
      root,
    );
    setTimeout(() => void begin(), RETRY_MS);
  }
}

session.follow(() => void begin());
render(<Loading />, root);
void begin();
