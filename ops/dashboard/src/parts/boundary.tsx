// A page that fails to draw an answer says so, and leaves the frame and the other pages usable.
import { Component, type ComponentChildren } from "preact";
import { t } from "../i18n";
import { Page, Trouble } from "./basics";

export class Boundary extends Component<{ children: ComponentChildren }, { fault: string }> {
  state = { fault: "" };

  static getDerivedStateFromError(fault: unknown) {
    return { fault: String(fault) };
  }

  render() {
    if (!this.state.fault) return this.props.children;
    return (
      <Page title={t("app.broken")}>
        <Trouble error={{ code: "io", text: this.state.fault }} />
      </Page>
    );
  }
}
