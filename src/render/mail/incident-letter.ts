import type { Finding } from "../../core/drift/finding.ts";
import { type PerformanceFinding, performanceFacts } from "../../core/drift/rule-facts.ts";
import { builtInPlace } from "../../core/incident/built-in-rules.ts";
import type { IncidentNotice } from "../../core/incident/notice.ts";
import { type Estimate, isUnmeasurable, worsening } from "../../core/metrics/metric.ts";
import type { LinkTo } from "../../core/notice.ts";
import { formatDuration } from "../../core/units.ts";
import { explanationText } from "../explanation-text.ts";
import { instant, interval, number, percent, pValue } from "../format.ts";
import { plainText } from "../plain-text.ts";
import { ruleText } from "../segment-words.ts";
import { chartOf } from "./chart.ts";
import { incidentHeadline, isWorse, openerOf, sharedLine } from "./incident-headline.ts";
import type { Cell, Item, Letter, Link, Section } from "./sections.ts";

/** The mail of an incident: verdict, what changed, how sure, whether it matters, why you get this, what happens now. */
export function incidentLetter(notice: IncidentNotice, linkTo?: LinkTo): Letter {
  const goesOn = notice.kind !== "resolved";
  return {
    headline: incidentHeadline(notice),
    tone: goesOn ? notice.severity : "good",
    badge: `${goesOn ? marks[notice.severity] : "✓ resolved"}${stages[notice.kind]} · INC-${notice.incident}`,
    sections: [
      ...whichModels(notice),
      ...whatChanged(notice),
      ...(notice.asLastTold === true ? [] : [howSure(notice), doesItMatter(notice)]),
      whyYouGetThis(notice),
      { title: "What Driftward did, and will do", lines: didLines(notice) },
      { title: "What you can do", links: linksOf(notice, linkTo), code: commands(notice) },
    ],
    footer: [
      `Incident INC-${notice.incident} of ${plainText(notice.model)}, version ${plainText(notice.version)}; open since ${instant(notice.openedAt)}.`,
      `Window ${instant(notice.window.start)} to ${instant(notice.window.end)}. Times are UTC.`,
    ],
  };
}

const stages = {
  opened: "",
  joined: ", another model",
  repeated: ", still open",
  escalated: ", escalated",
  resolved: "",
} as const;

const marks = { warning: "▲ warning", critical: "✗ critical" } as const;

/** The subject stays the same over an incident's life, so that mail programs keep its mails in one thread. */
export function incidentSubject(notice: IncidentNotice): string {
  return `[Driftward] ${plainText(openerOf(notice))}: ${ruleText(notice.rule)} (INC-${notice.incident})`;
}

function whichModels(notice: IncidentNotice): readonly Section[] {
  const line = sharedLine(notice);
  if (line === undefined) return [];
  return [{ title: "Which models", lines: [line, `What follows is of ${plainText(notice.model)}.`] }];
}

function whatChanged(notice: IncidentNotice): readonly Section[] {
  const broken = notice.quality
    .filter((finding) => finding.severity === "critical")
    .map((finding) => `${plainText(finding.message)}.`);
  if (notice.testedFeatures === 0) return broken.length === 0 ? [] : [{ title: "What changed", lines: broken }];
  const more = notice.driftedFeatures - notice.findings.length;
  const still = notice.testedFeatures - notice.driftedFeatures;
  const rest = `${still} of ${notice.testedFeatures} tested features did not drift.`;
  return [
    {
      title: changeTitle(notice),
      lines: [...broken, ...whichRows(notice)],
      items: notice.findings.map(findingItem),
      closing: [more > 0 ? `${more} more drifted; ${rest}` : rest],
    },
  ];
}

function changeTitle({ kind, asLastTold }: IncidentNotice): string {
  if (asLastTold === true) return "What was told last";
  return kind === "resolved" ? "What still differs" : "What changed";
}

function whichRows({ explanation }: IncidentNotice): readonly string[] {
  return explanation === undefined ? [] : [`Which rows: ${plainText(explanationText(explanation))}.`];
}

function findingItem(finding: Finding): Item {
  const chart = chartOf(finding.evidence);
  const limit = finding.limit === undefined ? "" : `, its limit ${number(finding.limit)}`;
  return {
    title: plainText(finding.feature),
    aside: `${percent(finding.moved)} moved`,
    lines: [plainText(finding.direction ?? "values are not shown: the policy names this feature sensitive")],
    small: `${finding.test} ${number(finding.statistic)}${limit}`,
    ...(chart === undefined ? {} : { chart }),
  };
}

function howSure(notice: IncidentNotice): Section {
  const { rule, budget, window, baselineRows, findings, performance } = notice;
  const strongest = findings[0];
  const p = pValue(strongest?.pCorrected ?? strongest?.pValue);
  const worst = performance.find(isWorse);
  const least = worst === undefined ? undefined : worse(worst);
  const held = rule.forMs > 0 && notice.kind !== "resolved";
  return {
    title: "How sure",
    lines: [
      `${number(window.rows)} live rows against ${number(baselineRows)} of the baseline.`,
      ...(strongest === undefined
        ? []
        : [
            `${plainText(strongest.feature)}: at least ${percent(strongest.movedAtLeast)} of rows have moved (95 % interval); p ${p.startsWith("<") ? p : `= ${p}`} after correction for all tests.`,
          ]),
      ...(worst === undefined || least === undefined ? [] : [worseByAtLeast(worst, least)]),
      ...(held ? [`The rule has held for the ${formatDuration(rule.forMs)} that it asks for.`] : []),
      `The policy accepts ${budget.count} false alarm${budget.count === 1 ? "" : "s"} per ${formatDuration(budget.perMs)}; its limits are set from that.`,
    ],
  };
}

/** Rules compare intervals as wide as the alarm budget asks for; the two ends must not look like two answers. */
function worseByAtLeast(worst: PerformanceFinding, { lower }: Estimate): string {
  const { metric } = worst;
  const judged = performanceFacts(worst).worsening?.lower;
  if (judged === undefined || judged === lower)
    return `${metric} is worse by at least ${number(lower)} (95 % interval).`;
  const plain = `the 95 % interval of independent rows begins at ${number(lower)}`;
  return judged > 0
    ? `${metric} is worse by at least ${number(judged)} at the confidence that the alarm budget asks for; ${plain}.`
    : `${metric} may be as it was, at the confidence that the alarm budget asks for; ${plain}.`;
}

function doesItMatter({ performance, withoutPerformance, rule }: IncidentNotice): Section {
  if (performance.length === 0) {
    const reason =
      withoutPerformance ?? (rule.segment === "" ? undefined : "it was not measured of this segment alone");
    const why = reason === undefined ? "" : `: ${plainText(reason)}`;
    return { title: "Does it matter", lines: [`Performance cannot be told${why}.`] };
  }
  const rows = performance.map((finding): readonly Cell[] => {
    const { metric, now, promised } = finding;
    return [
      { value: metric },
      promised === undefined ? { value: "not measured" } : withInterval(promised),
      isUnmeasurable(now) ? { value: plainText(now.reason) } : withInterval(now),
      withInterval(worse(finding)),
    ];
  });
  return {
    title: "Does it matter",
    table: { columns: ["metric", "promised", "now", "worse by"], rows },
    closing: ["On rows old enough for their labels to be complete; 95 % intervals."],
  };
}

function withInterval(estimate: Estimate | undefined): Cell {
  return estimate === undefined ? { value: "" } : { value: number(estimate.value), note: interval(estimate) };
}

function worse({ metric, now, promised }: PerformanceFinding): Estimate | undefined {
  return isUnmeasurable(now) || promised === undefined ? undefined : worsening(promised, now, metric);
}

function whyYouGetThis({ rule, policy, asLastTold }: IncidentNotice): Section {
  const at = policy.commit === undefined ? "" : ` @ ${plainText(policy.commit.slice(0, 7))}`;
  const commit = policy.revision === undefined ? at : `${at} (revision ${policy.revision})`;
  const values = Object.entries(rule.values).map(
    ([name, value]) => `${plainText(name)} = ${typeof value === "number" ? number(value) : value}`,
  );
  const where =
    rule.place === builtInPlace
      ? `You are named in ${plainText(policy.path)}${commit}. The built-in rule "${plainText(rule.rule)}" ${asLastTold === true ? "held" : "holds"}:`
      : `You are named in the policy. Its rule "${plainText(rule.rule)}" stands at ${plainText(rule.place)}${commit}:`;
  return {
    title: "Why you get this",
    lines: [where],
    code: [plainText(rule.when)],
    closing: values.length === 0 ? [] : [`${asLastTold === true ? "Then" : "Now"} ${values.join(", ")}.`],
  };
}

const isoInstant = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g;

function didLines({ kind, did: acts, incident }: IncidentNotice): readonly string[] {
  const did = acts.map((act) => plainText(act).replace(isoInstant, (time) => instant(time)));
  if (kind === "resolved") return [...did, `Closed INC-${incident}. The rule opens a new one when it holds again.`];
  if (kind !== "opened") return did;
  return [
    ...did,
    `Opened INC-${incident}. Every check from now on decides whether it goes on; you will hear when it ends.`,
  ];
}

function linksOf({ incident, kind }: IncidentNotice, linkTo: LinkTo | undefined): readonly Link[] {
  const address = linkTo?.({ about: "incident", number: incident });
  const label = kind === "resolved" ? `Look at INC-${incident}` : `Look at INC-${incident}, take it on or silence it`;
  return address === undefined ? [] : [{ label, address }];
}

/** A segment as a shell takes it. */
function quoted(segment: string): string {
  const text = plainText(segment);
  return /^[\w.=/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function commands({ model, incident, kind, rule }: IncidentNotice): readonly string[] {
  const name = plainText(model);
  const segment = rule.segment === "" ? "" : ` --segment ${quoted(rule.segment)}`;
  const look = [`driftward why INC-${incident}`, `driftward status ${name}`];
  if (kind === "resolved") return look;
  return [
    `driftward ack INC-${incident} --note "…"`,
    `driftward silence ${name}${segment} --for 24h --reason "…"`,
    ...look,
    `driftward check ${name}`,
  ];
}
