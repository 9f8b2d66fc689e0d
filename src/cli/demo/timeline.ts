import type { Finding } from "../../core/drift/finding.ts";
import type { PerformanceFinding } from "../../core/drift/rule-facts.ts";
import { isUnmeasurable } from "../../core/metrics/metric.ts";
import type { RunNotice } from "../../core/run/notice.ts";
import type { CheckRow, IncidentRow, NotificationRow, RunRow, State } from "../../ports/state.ts";
import { estimate, number } from "../../render/format.ts";
import { plainText } from "../../render/plain-text.ts";
import { type Colors, marks } from "../../render/verdict-mark.ts";

export interface Timeline {
  /** Tells what has happened since the last call, up to a slot. */
  tell(slot: Date): Promise<void>;
  /** Closes the line of the month that is under way. */
  end(): Promise<void>;
}

interface Told {
  readonly incidents: Map<string, string>;
  readonly runs: Map<string, string>;
  readonly mails: Set<string>;
  month: string;
  marks: number;
  last: CheckRow | undefined;
}

function nameOf({ number: incident, rule }: IncidentRow): string {
  return `INC-${incident} ${plainText(rule)}`;
}

const verdicts = { ok: "✓", warning: "▲", critical: "✗", inconclusive: "?" } as const;

/** The demo's story as it happens: a line a month with a mark a check, and a line for everything that people hear of. */
export function createTimeline(state: State, modelId: string, out: (text: string) => void, colors: Colors): Timeline {
  const told: Told = { incidents: new Map(), runs: new Map(), mails: new Set(), month: "", marks: 0, last: undefined };
  const endLine = async () => {
    if (told.month !== "" && told.last !== undefined)
      out(`${" ".repeat(Math.max(1, 33 - told.marks))}${colors.dim(await standing(told.last))}\n`);
    told.month = "";
    told.marks = 0;
  };
  const event = async (slot: Date, symbol: string, text: string) => {
    await endLine();
    out(`  ${colors.dim(slot.toISOString().slice(0, 10))} ${symbol} ${text}\n`);
  };
  return {
    async tell(slot) {
      const [check] = await state.checks.recent(modelId, 1);
      if (check === undefined) return;
      await tellCheck(check);
      const incidents = (await state.incidents.recent(modelId, 20)).toReversed();
      for (const incident of incidents) await tellOpened(slot, incident, check);
      for (const run of (await state.runs.recent(modelId, 20)).toReversed()) await tellRun(slot, run);
      for (const incident of incidents) await tellEnded(slot, incident);
    },
    end: endLine,
  };

  async function tellCheck(check: CheckRow): Promise<void> {
    const month = new Date(check.slotAt.getTime() - 1).toISOString().slice(0, 7);
    if (month !== told.month) {
      await endLine();
      out(`${colors.bold(month)}  `);
      told.month = month;
    }
    told.marks += 1;
    told.last = check;
    const { verdict } = check;
    if (verdict === undefined) return;
    const paint = { ok: colors.green, warning: colors.yellow, critical: colors.red, inconclusive: colors.cyan }[
      verdict
    ];
    out(paint(verdicts[verdict]));
  }

  /** Error now beside what was promised, and how many features drifted. */
  async function standing(check: CheckRow): Promise<string> {
    const findings = (await state.checks.findings(check.id)).map((row) => row.body as Finding);
    const names = new Set(findings.filter((finding) => finding.drifted).map((finding) => finding.feature));
    const { findings: metrics = [] } = check.performance as { findings?: readonly PerformanceFinding[] };
    const mae = metrics.find((one) => one.metric === "mae");
    const error =
      mae === undefined || isUnmeasurable(mae.now)
        ? "mae: labels not ripe yet"
        : `mae ${number(mae.now.value)}${mae.promised === undefined ? "" : ` (promised ${number(mae.promised.value)})`}`;
    const version = check.versionId === undefined ? "" : `v${(await state.versions.get(check.versionId)).name} `;
    const drifted =
      names.size === 0
        ? "no drift"
        : `${[...names].slice(0, 3).map(plainText).join(", ")}${names.size > 3 ? " …" : ""} drifted`;
    return `${version}${error}, ${drifted}`;
  }

  async function tellOpened(slot: Date, incident: IncidentRow, check: CheckRow): Promise<void> {
    if (told.incidents.has(incident.id)) return;
    told.incidents.set(incident.id, "firing");
    const mark = incident.severity === "critical" ? colors.red(marks.critical) : colors.yellow(marks.warning);
    await event(slot, mark, `${colors.bold(nameOf(incident))}: ${await cause(check, incident)}`);
    await tellMails(slot, incident.id);
  }

  async function tellEnded(slot: Date, incident: IncidentRow): Promise<void> {
    if (incident.state !== "resolved" || told.incidents.get(incident.id) === "resolved") return;
    told.incidents.set(incident.id, "resolved");
    await event(slot, colors.green("✓"), `${nameOf(incident)} ended: ${plainText(incident.resolution ?? "")}`);
    await tellMails(slot, incident.id);
  }

  async function cause(check: CheckRow, incident: IncidentRow): Promise<string> {
    const outcomes = await state.checks.ruleOutcomes(check.id);
    const body = outcomes.find((one) => one.rule === incident.rule)?.body as
      | { values: Record<string, number | boolean | string>; place: string }
      | undefined;
    const values = Object.entries(body?.values ?? {}).map(
      ([path, value]) => `${path} = ${typeof value === "number" ? number(value) : value}`,
    );
    return `${values.join(", ")} ${colors.dim(`(${plainText(body?.place ?? "")})`)}`;
  }

  async function tellRun(slot: Date, run: RunRow): Promise<void> {
    const before = told.runs.get(run.id);
    if (before === run.state) return;
    told.runs.set(run.id, run.state);
    if (before === undefined) await event(slot, colors.cyan("⟳"), `run ${run.number} retrains: ${plainText(run.reason)}`);
    if (run.finishedAt === undefined) return;
    const [mail] = await state.notifications.ofSubject(run.id);
    await tellComparison(slot, mail);
    const promoted = run.state === "promoted";
    await event(
      slot,
      promoted ? colors.green("★") : colors.yellow("✋"),
      `run ${run.number} ${run.state}: ${plainText(run.outcome ?? "")}`,
    );
    await tellMails(slot, run.id);
  }

  async function tellComparison(slot: Date, mail: NotificationRow | undefined): Promise<void> {
    const notice = mail?.body as RunNotice | undefined;
    for (const { metric, champion, candidate, difference } of notice?.metrics.slice(0, 1) ?? []) {
      const [before, after, apart] = [champion, candidate, difference].map((side) =>
        side?.value === undefined || side.lower === undefined || side.upper === undefined
          ? "not measured"
          : estimate({ value: side.value, lower: side.lower, upper: side.upper }),
      );
      await event(
        slot,
        colors.cyan("⚖"),
        `${metric} on the same ${number(notice?.evaluationRows ?? 0)} rows: champion ${before}, candidate ${after}, difference ${apart}`,
      );
    }
  }

  async function tellMails(slot: Date, subjectId: string): Promise<void> {
    for (const mail of await state.notifications.ofSubject(subjectId)) {
      if (told.mails.has(mail.id) || mail.state !== "sent") continue;
      told.mails.add(mail.id);
      await event(slot, colors.dim("✉"), colors.dim(`mail to ${plainText(mail.recipient)}: ${mail.kind}`));
    }
  }
}
