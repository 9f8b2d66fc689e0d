import type { PerformanceFinding } from "../../core/drift/rule-facts.ts";
import { inconclusiveRule, silentRule } from "../../core/incident/built-in-rules.ts";
import type { IncidentNotice } from "../../core/incident/notice.ts";
import { isUnmeasurable, worsening } from "../../core/metrics/metric.ts";
import { instant, number } from "../format.ts";
import { plainText } from "../plain-text.ts";
import { segmentText } from "../segment-words.ts";

/** Features that the headline names at most. */
const named = 3;

/** What is the matter, and whether anybody has to act, in a sentence or two. */
export function incidentHeadline(notice: IncidentNotice): string {
  const { segment } = notice.rule;
  const resolved = notice.kind === "resolved";
  const models = resolved ? (notice.shared?.models ?? [notice.model]) : [notice.model];
  const model = `${models.map(plainText).join(", ")}${segment === "" ? "" : `, ${segmentText(segment)}`}`;
  if (resolved) {
    const rule = plainText(notice.rule.rule);
    const why = plainText(notice.resolution ?? "the rule no longer holds");
    return why === "the rule no longer holds"
      ? `${model}: "${rule}" no longer holds.`
      : `${model}: "${rule}" ended: ${why}.`;
  }
  const retrains = notice.did.some((line) => line.startsWith("Retraining started"));
  const next =
    notice.asksApproval === true
      ? "what passes its gates will ask for approval"
      : "no action is needed unless it fails";
  const action = retrains ? ` Retraining has started; ${next}.` : "";
  const line = sharedLine(notice);
  return `${matter(notice, model)}${action}${line === undefined ? "" : ` ${line}.`}`;
}

/** The model that opened the incident: what is said of all its life goes by that name. */
export function openerOf({ shared, model }: IncidentNotice): string {
  return shared?.models[0] ?? model;
}

/** "INC-7 input broken: churn/NL, churn/DE (source warehouse)"; undefined where the incident is one model's. */
export function sharedLine({ shared, incident, rule, kind }: IncidentNotice): string | undefined {
  if (shared === undefined) return undefined;
  const models = shared.models.map((model) => {
    const isWhole = kind !== "resolved" && shared.left.includes(model);
    return `${plainText(model)}${isWhole ? " (whole again)" : ""}`;
  });
  return `INC-${incident} ${plainText(rule.rule)}: ${models.join(", ")} (${plainText(shared.source)})`;
}

/** Whether a metric is worse than promised beyond doubt. */
export function isWorse({ metric, now, promised }: PerformanceFinding): boolean {
  return !isUnmeasurable(now) && promised !== undefined && worsening(promised, now, metric).lower > 0;
}

function matter(notice: IncidentNotice, model: string): string {
  const { rule, reason } = notice.rule;
  if (rule === silentRule)
    return `${model} has made no predictions up to ${instant(notice.window.end)}: it is not watched meanwhile.`;
  if (rule === inconclusiveRule)
    return `${model} cannot be judged${reason === undefined ? "" : `: ${plainText(reason)}`}. It is not watched meanwhile.`;
  const worst = notice.performance.find(isWorse);
  if (asks(notice, "performance.") && worst?.promised !== undefined && !isUnmeasurable(worst.now))
    return `${model} got worse: ${worst.metric} is ${number(worst.now.value)}, ${number(worst.promised.value)} was promised.`;
  const broken = notice.quality.filter((finding) => finding.severity === "critical");
  const [first] = broken;
  if (first !== undefined)
    return `${model} receives broken input: ${plainText(first.message)}${broken.length > 1 ? `, and ${broken.length - 1} more` : ""}.`;
  if (notice.findings.length > 0) return `${model}: live ${features(notice)} the baseline.`;
  return `${model}: the rule "${plainText(notice.rule.rule)}" holds.`;
}

function features({ findings, driftedFeatures }: IncidentNotice): string {
  const names = findings.slice(0, named).map((finding) => plainText(finding.feature));
  const others = Math.max(driftedFeatures, names.length) - names.length;
  const all = others > 0 ? [...names, `${others} more`] : names;
  const list = all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : (all[0] ?? "");
  return `${list} no longer ${all.length === 1 ? "looks" : "look"} like`;
}

/** Whether the rule's condition asks about something whose path begins so. */
function asks(notice: IncidentNotice, path: string): boolean {
  return Object.keys(notice.rule.values).some((name) => name.startsWith(path));
}
