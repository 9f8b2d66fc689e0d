import type { RuleOutcome } from "../core/drift/judge.ts";
import { formatDuration } from "../core/units.ts";
import type { CheckReport } from "./check-report.ts";
import { checkTable } from "./check-table.ts";
import { instant, number } from "./format.ts";
import { plainText } from "./plain-text.ts";
import { ruleText } from "./segment-words.ts";
import type { Colors } from "./verdict-mark.ts";
import { type Followed, whatFollowed } from "./what-followed.ts";

/** What `driftward why` tells of an incident. */
export interface WhyReport extends Followed {
  readonly model: string;
  readonly incident: {
    readonly number: number;
    readonly rule: string;
    readonly segment: string;
    readonly severity: "warning" | "critical";
    readonly state: string;
    readonly openedAt: Date;
    readonly resolvedAt: Date | undefined;
    readonly resolution: string | undefined;
    readonly acknowledgedAt?: Date | undefined;
    readonly acknowledgedBy?: string | undefined;
    /** The source whose models share it. */
    readonly sourceKey?: string | undefined;
  };
  /** Models that share it, in the order they joined. */
  readonly members: readonly {
    readonly model: string;
    readonly joinedAt: Date;
    readonly leftAt: Date | undefined;
    readonly resolution: string | undefined;
  }[];
  readonly rule: RuleOutcome | undefined;
  readonly policy: { readonly path: string; readonly revision: number; readonly commit: string | undefined };
  readonly check: CheckReport;
}

/** The story of an incident for a terminal: what, why, on which numbers, and what followed. */
export function whyText(report: WhyReport, colors: Colors, columns?: number): string {
  const { incident } = report;
  const paint = incident.severity === "critical" ? colors.red : colors.yellow;
  const mark = incident.severity === "critical" ? "✗" : "▲";
  const ended =
    incident.resolvedAt === undefined
      ? "goes on"
      : `ended ${instant(incident.resolvedAt)}: ${plainText(incident.resolution ?? "")}`;
  return [
    `${colors.bold(paint(`${mark} INC-${incident.number}`))} ${titleOf(report)} (${incident.severity})`,
    colors.dim(`opened ${instant(incident.openedAt)}, ${ended}`),
    ...section("Its models", memberLines(report), colors),
    ...section("The rule", ruleLines(report), colors),
    ...section(
      "The check that opened it",
      [checkTable({ ...report.check, outcomes: [] }, colors, columns)],
      colors,
      "",
    ),
    ...section("What followed", whatFollowed(report), colors),
  ].join("\n");
}

/** "churn: inputs drifted"; "input broken: churn/NL, churn/DE (source warehouse)" where models share it. */
function titleOf({ incident, members, model }: WhyReport): string {
  const models = [...new Set(members.map((member) => plainText(member.model)))];
  if (models.length < 2) return `${plainText(model)}: ${ruleText(incident)}`;
  return `${ruleText(incident)}: ${models.join(", ")} (${plainText(incident.sourceKey ?? "one source")})`;
}

function memberLines({ members }: WhyReport): readonly string[] {
  if (new Set(members.map(({ model }) => model)).size < 2) return [];
  return members.map(({ model, joinedAt, leftAt, resolution }) => {
    const left = leftAt === undefined ? "still in it" : `left ${instant(leftAt)}: ${plainText(resolution ?? "")}`;
    return `${plainText(model)}  joined ${instant(joinedAt)}, ${left}`;
  });
}

/** An object of schema driftward/why/v1; what is absent is null, times are ISO 8601. */
export function whyJson(report: WhyReport, check: object): object {
  const { incident, rule, policy } = report;
  return {
    schema: "driftward/why/v1",
    model: report.model,
    incident: {
      number: incident.number,
      rule: incident.rule,
      segment: incident.segment,
      severity: incident.severity,
      state: incident.state,
      opened_at: incident.openedAt,
      resolved_at: incident.resolvedAt ?? null,
      resolution: incident.resolution ?? null,
      acknowledged_at: incident.acknowledgedAt ?? null,
      acknowledged_by: incident.acknowledgedBy ?? null,
      source: incident.sourceKey ?? null,
      members: report.members.map(({ model, joinedAt, leftAt, resolution }) => ({
        ...{ model, joined_at: joinedAt, left_at: leftAt ?? null, resolution: resolution ?? null },
      })),
    },
    rule:
      rule === undefined
        ? null
        : { when: rule.when, place: rule.place, values: rule.values, for_ms: rule.forMs, reason: rule.reason ?? null },
    policy: { path: policy.path, revision: policy.revision, commit: policy.commit ?? null },
    check,
    decisions: report.decisions.map(({ action, outcome, reason, at }) => ({ action, outcome, reason, at })),
    mails: report.mails.map(({ kind, recipient, state, sentAt, reason }) => ({
      ...{ kind, recipient, state, sent_at: sentAt ?? null, reason: reason ?? null },
    })),
    runs: report.runs.map((run) => ({ run: run.number, state: run.state, outcome: run.outcome ?? null })),
  };
}

function section(title: string, lines: readonly string[], colors: Colors, indent = "  "): readonly string[] {
  return lines.length === 0 ? [] : ["", colors.bold(title), ...lines.map((line) => `${indent}${line}`)];
}

function ruleLines({ rule, policy }: WhyReport): readonly string[] {
  const commit = policy.commit === undefined ? "" : ` @ ${plainText(policy.commit.slice(0, 7))}`;
  const revision = `${plainText(policy.path)}, revision ${policy.revision}${commit}`;
  if (rule === undefined) return [`not recorded; the policy was ${revision}`];
  const values = Object.entries(rule.values).map(
    ([name, value]) => `${plainText(name)} = ${typeof value === "number" ? number(value) : value}`,
  );
  const held = rule.forMs > 0 ? `; it had to hold for ${formatDuration(rule.forMs)}` : "";
  return [
    plainText(rule.when),
    ...values,
    ...(rule.reason === undefined ? [] : [plainText(rule.reason)]),
    `${plainText(rule.place)} of ${revision}${held}`,
  ];
}
