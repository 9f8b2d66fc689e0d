import type { RuleOutcome } from "../../src/core/drift/judge.ts";
import type { CheckRow } from "../../src/ports/state.ts";
import { at, baselineRows, policyOf, type WatchWorld } from "./watch-world.ts";

export type Said = RuleOutcome["outcome"];

let models = 0;

/** A model with a champion and an hourly policy with the rule "inputs drifted" and whatever else a test asks for. */
export async function watchedModel(world: WatchWorld, more = "", notify?: string): Promise<string> {
  models += 1;
  const name = `p${models}`;
  world.setNow(at(0));
  await world.baseline(name, "1", baselineRows.slice(0, 200));
  const policy = policyOf(name, more);
  await world.apply(notify === undefined ? policy : policy.replace(/^notify:.*$/m, `notify: ${notify}`));
  return name;
}

/** What the rule said, as a check records it. */
export function outcomeOf(said: Said, more: Partial<RuleOutcome> = {}): RuleOutcome {
  return {
    rule: "inputs drifted",
    segment: "",
    outcome: said,
    severity: "warning",
    when: "drift.share >= 0.5",
    place: "policies/test.yaml:9:33",
    values: { "drift.share": said === "holds" ? 1 : 0 },
    reason: undefined,
    forMs: 0,
    do: ["notify"],
    ...more,
  };
}

/** Records what a planned check saw, as the stage does. */
export async function finishCheck(
  world: WatchWorld,
  check: CheckRow,
  outcomes: readonly RuleOutcome[],
  rowCount = 120,
  verdict?: CheckRow["verdict"],
): Promise<void> {
  const { versionId, baselineId, slotAt } = check;
  await world.state.transaction(async (tx) => {
    await tx.checks.finish(check.id, {
      ...{ versionId, baselineId, rowCount, quarantined: 0, quality: [], performance: {}, state: "done" },
      reason: verdict === "inconclusive" ? "too few rows" : undefined,
      verdict: verdict ?? (outcomes.some(({ outcome }) => outcome === "holds") ? "warning" : "ok"),
      doneAt: slotAt,
    });
    await tx.checks.insertRuleOutcomes(
      outcomes.map((body) => {
        const { rule, segment, outcome, severity } = body;
        return { checkId: check.id, rule, segment, outcome, severity, body };
      }),
    );
  });
}

/** Lives through one hour: its check says this, and is decided. */
export async function playHour(
  world: WatchWorld,
  model: string,
  hour: number,
  said: Said | readonly RuleOutcome[],
): Promise<CheckRow> {
  const [check, ...more] = await world.plan(model, at(hour));
  if (check === undefined || more.length > 0) throw new Error(`expected one check at hour ${hour}`);
  await finishCheck(world, check, typeof said === "string" ? [outcomeOf(said)] : said);
  await world.decide(model);
  return check;
}
