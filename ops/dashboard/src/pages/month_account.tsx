// Will the month close? Its account as the equation it is, copies apart, and who has not reported.
import type { ComponentChildren } from "preact";
import { count } from "../format";
import { either, t, type Key } from "../i18n";
import { Badge, Figure, Num, Time, type Tone } from "../parts/basics";
import { may } from "../session";
import type { CopyCounts, Overview } from "../types";
import { word } from "../words";

const outlookTones: Record<string, Tone> = {
  closed: "good",
  on_course: "good",
  at_risk: "warn",
  late: "bad",
};

export function Outlook(props: { data: Overview }) {
  const { month } = props.data;
  const tone = outlookTones[month.outlook] || "info";
  return (
    <section class={`panel outlook ${tone}`} aria-label={t("overview.question")}>
      <div class="outlook-head">
        <p class="quiet">{t("overview.question")}</p>
        <h2>
          <Badge tone={tone}>{t(`overview.outlook.${month.outlook}` as Key)}</Badge>
        </h2>
        {month.closed && (
          <p>
            <Time at={month.closed} />
          </p>
        )}
        {month.outlook_why.length > 0 && (
          <ul>
            {month.outlook_why.map((why) => (
              <li key={why.en}>{either(why.en, why.zh)}</li>
            ))}
          </ul>
        )}
      </div>
      <div class="outlook-body">
        <Equation title={t("overview.equation")} numbers={month} large />
        {may("month.status") && (
          <p class="to-month">
            <a href="/month">{t("month.origins")}</a>
          </p>
        )}
        <p class="lead">{t("overview.equation.lead")}</p>
        <div class="outlook-rows">
          <Equation
            title={t("overview.copies")}
            lead={t("overview.copies.lead")}
            numbers={month.copies}
          />
          <Group title={t("overview.checks")}>
            <Figure
              label={word("standing", "own_area")}
              value={<Num value={month.own_area} />}
              unit={t("unit.items")}
            />
            <Figure
              label={word("standing", "unlinked")}
              value={<Num value={month.unlinked} tone="warn" />}
              unit={t("unit.items")}
            />
            <Figure
              label={word("standing", "unchecked")}
              value={<Num value={month.unchecked} />}
              unit={t("unit.items")}
            />
          </Group>
          <Group title={t("overview.absent")}>
            <Figure
              label={t("overview.missing")}
              value={
                <a href="/network?bad=1">
                  <Num value={month.missing} tone="bad" />
                </a>
              }
              unit={t("unit.offices")}
            />
            <Figure
              label={t("overview.absent.bus")}
              value={
                <a href="/network?bad=1">
                  <Num value={month.not_yet_on_the_bus} tone="warn" />
                </a>
              }
              unit={t("unit.offices")}
            />
          </Group>
        </div>
      </div>
    </section>
  );
}

function Group(props: { title: string; lead?: string; children: ComponentChildren }) {
  return (
    <div class="group">
      <h3>
        {props.title}
        {props.lead && <span class="quiet"> {props.lead}</span>}
      </h3>
      <dl class="figures">{props.children}</dl>
    </div>
  );
}

// accepted = delivered + returned + held + in transit
function Equation(props: { title: string; lead?: string; numbers: CopyCounts; large?: boolean }) {
  const { accepted, delivered, returned, held, in_transit } = props.numbers;
  const rest = accepted - delivered - returned - held - in_transit;
  const terms: [string, number, string][] = [
    ["delivered", delivered, "="],
    ["returned", returned, "+"],
    ["held", held, "+"],
    ["in_transit", in_transit, "+"],
  ];
  return (
    <div class="group">
      <h3>
        {props.title}
        {props.lead && <span class="quiet"> {props.lead}</span>}{" "}
        {rest === 0 ? (
          <Badge tone="good">{t("overview.balanced")}</Badge>
        ) : (
          <Badge tone="bad">{t("overview.unbalanced", { n: count(Math.abs(rest)) })}</Badge>
        )}
      </h3>
      <dl class={`equation ${props.large ? "large" : ""}`}>
        <Figure
          label={word("standing", "accepted")}
          value={<Num value={accepted} />}
          unit={t("unit.items")}
        />
        {terms.map(([name, value, sign]) => (
          <Figure
            key={name}
            sign={sign}
            label={word("standing", name)}
            value={<Num value={value} tone={name === "held" ? "bad" : undefined} />}
            unit={t("unit.items")}
          />
        ))}
      </dl>
    </div>
  );
}
