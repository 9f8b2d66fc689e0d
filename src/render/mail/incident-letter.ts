import type { Finding } from "../../core/drift/finding.ts";
import type { PerformanceFinding } from "../../core/drift/rule-facts.ts";
import type { IncidentNotice } from "../../core/incident/notice.ts";
import { isUnmeasurable, worsening } from "../../core/metrics/metric.ts";
import { estimate, instant, number, percent, pValue } from "../format.ts";
import { plainText } from "../plain-text.ts";
import { sharesOf } from "../sparkline.ts";
import type { Cell, Letter, Section } from "./sections.ts";

/** The mail of an incident: verdict, what changed, how sure, whether it matters, why you get this, what happens now. */
export function incidentLetter(notice: IncidentNotice): Letter {
  const model = plainText(notice.model);
  const opened = notice.kind === "opened";
  return {
    headline: opened
      ? openedHeadline(notice)
      : `${model}: resolved. ${sentence(notice.resolution ?? "the rule no longer holds")}`,
    tone: opened ? notice.severity : "good",
    sections: [
      ...whatChanged(notice),
      howSure(notice),
      ...doesItMatter(notice),
      whyYouGetThis(notice),
      { title: "What Driftward did", lines: didLines(notice) },
      { title: "What you can do", code: commands(notice) },
    ],
    footer: [
      `Incident INC-${notice.incident}, open since ${instant(notice.openedAt)}.`,
      `Window ${instant(notice.window.start)} to ${instant(notice.window.end)}. Times are UTC.`,
    ],
  };
}

/** The subject stays the same over an incident's life, so that mail programs keep its mails in one thread. */
export function incidentSubject(notice: IncidentNotice): string {
  return `[Driftward] ${plainText(notice.model)}: ${plainText(notice.rule.rule)} (INC-${notice.incident})`;
}

function openedHeadline(notice: IncidentNotice): string {
  const model = plainText(notice.model);
  const retrains = notice.did.some((line) => line.startsWith("Retraining started"));
  const action = retrains ? " Retraining started; no action is needed unless it fails." : "";
  const worst = notice.performance.find((finding) => rise(finding) !== undefined);
  if (mentions(notice, "performance.") && worst !== undefined)
    return `${model} got worse: ${worst.metric} is ${rise(worst)}.${action}`;
  if (notice.quality.some((finding) => finding.severity === "critical"))
    return `${model} receives broken input: ${notice.quality.map((finding) => plainText(finding.message)).join("; ")}.${action}`;
  if (notice.driftedFeatures > 0) {
    const names = notice.findings.slice(0, 3).map((finding) => plainText(finding.feature));
    return `${model}: live ${names.join(", ")} no longer ${names.length === 1 ? "looks" : "look"} like the baseline.${action}`;
  }
  return `${model}: the rule "${plainText(notice.rule.rule)}" holds.${action}`;
}

/** Whether the rule's condition asks about something whose path begins so. */
function mentions(notice: IncidentNotice, path: string): boolean {
  return Object.keys(notice.rule.values).some((name) => name.startsWith(path));
}

function whatChanged(notice: IncidentNotice): readonly Section[] {
  const broken = notice.quality
    .filter((finding) => finding.severity === "critical")
    .map((one) => plainText(one.message));
  if (notice.findings.length === 0) return broken.length === 0 ? [] : [{ title: "What changed", lines: broken }];
  const others = notice.driftedFeatures - notice.findings.length;
  const unchanged = notice.testedFeatures - notice.driftedFeatures;
  return [
    {
      title: "What changed",
      lines: broken,
      table: {
        columns: ["feature", "test", "value", "limit", "moved", "baseline → live", "what moved where"],
        rows: notice.findings.map(findingRow),
      },
    },
    {
      title: "And",
      lines: [`${others > 0 ? `${others} more drifted, ` : ""}${unchanged} of ${notice.testedFeatures} did not drift.`],
    },
  ];
}

function findingRow(finding: Finding): readonly Cell[] {
  const { baseline, window } = finding.evidence;
  return [
    plainText(finding.feature),
    finding.test,
    number(finding.statistic),
    finding.limit === undefined ? "" : number(finding.limit),
    percent(finding.moved),
    { bars: { baseline: sharesOf(baseline), window: sharesOf(window) } },
    plainText(finding.direction ?? "not shown: sensitive"),
  ];
}

function howSure(notice: IncidentNotice): Section {
  const rows = `${number(notice.window.rows)} live rows against ${number(notice.baselineRows)} of the baseline.`;
  const strongest = notice.findings[0];
  if (strongest === undefined) return { title: "How sure", lines: [rows] };
  const p = pValue(strongest.pCorrected ?? strongest.pValue);
  return {
    title: "How sure",
    lines: [
      rows,
      `${plainText(strongest.feature)}: p ${p.startsWith("<") ? p : `= ${p}`} after correction for all tests; at least ${percent(strongest.movedAtLeast)} of its rows have moved (95 % interval).`,
    ],
  };
}

function doesItMatter(notice: IncidentNotice): readonly Section[] {
  if (notice.performance.length === 0)
    return [{ title: "Does it matter", lines: ["No mature labels yet: performance cannot be told."] }];
  return [
    {
      title: "Does it matter",
      table: {
        columns: ["metric", "promised", "now", "worse by"],
        rows: notice.performance.map((finding) => [
          finding.metric,
          finding.promised === undefined ? "not measured" : estimate(finding.promised),
          isUnmeasurable(finding.now) ? plainText(finding.now.reason) : estimate(finding.now),
          worse(finding),
        ]),
      },
    },
  ];
}

function worse({ metric, now, promised }: PerformanceFinding): string {
  return isUnmeasurable(now) || promised === undefined ? "" : estimate(worsening(promised, now, metric));
}

/** "48.1 on the baseline, 92.3 now", for a metric that is worse than promised beyond doubt. */
function rise({ metric, now, promised }: PerformanceFinding): string | undefined {
  if (isUnmeasurable(now) || promised === undefined) return undefined;
  if (worsening(promised, now, metric).lower <= 0) return undefined;
  return `${number(now.value)}, ${number(promised.value)} was promised`;
}

function whyYouGetThis({ rule, policy }: IncidentNotice): Section {
  const commit = policy.commit === undefined ? "" : ` @ ${policy.commit.slice(0, 7)}`;
  const values = Object.entries(rule.values).map(
    ([name, value]) => `${plainText(name)} = ${typeof value === "number" ? number(value) : value}`,
  );
  return {
    title: "Why you get this",
    lines: [`Rule "${plainText(rule.rule)}" (${rule.severity}), ${plainText(rule.place)}${commit}:`],
    code: [plainText(rule.when), ...(values.length === 0 ? [] : [values.join(", ")])],
  };
}

function didLines({ kind, did }: IncidentNotice): readonly string[] {
  const closing =
    kind === "resolved" ? ["Closed this incident."] : ["Opened this incident; you will hear when it ends."];
  return [...did.map(plainText), ...closing];
}

function commands({ model, incident, kind }: IncidentNotice): readonly string[] {
  const name = plainText(model);
  const look = [`driftward status ${name}`, `driftward why INC-${incident}`];
  return kind === "resolved" ? look : [...look, `driftward check ${name}`];
}

function sentence(text: string): string {
  const plain = plainText(text);
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}
