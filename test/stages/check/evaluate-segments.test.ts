import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { CheckExplanation } from "../../../src/actions/explain/explain-check.ts";
import { explain } from "../../../src/actions/explain.ts";
import { openPast } from "../../../src/actions/replay/past.ts";
import { replayPolicy } from "../../../src/actions/replay/replay-policy.ts";
import type { Finding, QualityFinding } from "../../../src/core/drift/finding.ts";
import type { RuleOutcome } from "../../../src/core/drift/judge.ts";
import { sightsOf } from "../../../src/core/drift/segment-sight.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { CheckRow } from "../../../src/ports/state.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

const perPlan = `  - { name: inputs drifted, when: drift.share >= 0.5, per: plan, do: [notify] }
  - { name: all rows drifted, when: drift.share >= 0.5, do: [notify] }`;

let models = 0;
async function watched(
  rules = perPlan,
  more = "data: { segments: [plan] }",
  baseline: readonly object[] = baselineRows,
) {
  models += 1;
  const name = `s${models}`;
  world.setNow(at(0));
  await world.baseline(name, "1", baseline);
  await world.apply(policyOf(name, more, rules));
  return name;
}

/** Three rows for each of `rowsBetween`, with other values of `x`. */
const dense = (from: number, to: number, key = "") =>
  rowsBetween(from, to, { key }).flatMap((row) =>
    [0, 1, 2].map((i) => ({ ...row, prediction_id: `${row.prediction_id}-${i}`, x: (row.x + 31.7 * i) % 100 })),
  );

/** Sixteen hours, in which `x` of plan basic alone moves from the fifth on. */
const basicMoved = [
  ...dense(0, 4),
  ...dense(4, 16).map((row) => (row.plan === "basic" ? { ...row, x: row.x + 60 } : row)),
];

const findingsOf = async (check: CheckRow) =>
  (await world.state.checks.findings(check.id)).map(({ body }) => body as Finding);
const outcomesOf = async (check: CheckRow) =>
  (await world.state.checks.ruleOutcomes(check.id)).map(({ body }) => body as RuleOutcome);

async function checked(name: string, until: number): Promise<CheckRow> {
  let last: CheckRow | undefined;
  for (const planned of await world.plan(name, at(until))) last = await world.check(planned.id);
  if (last === undefined) throw new Error("no check was planned");
  return last;
}

describe("a rule that is asked of segments", () => {
  test("holds in the one that drifted and in no other, with its own facts", async () => {
    const name = await watched();
    await world.predict(name, basicMoved);
    const done = await checked(name, 16);
    expect(done).toMatchObject({ verdict: "warning", rowCount: 360 });
    const said = await outcomesOf(done);
    expect(said.map(({ rule, segment, outcome }) => [rule, segment, outcome])).toEqual([
      ["all rows drifted", "", "holds"],
      ["input broken", "", "quiet"],
      ["inputs drifted", "plan=basic", "holds"],
      ["inputs drifted", "plan=pro", "quiet"],
    ]);
    expect(sightsOf(done)).toEqual([
      { segment: "plan=pro", rows: 240, baselineRows: 2_000 },
      { segment: "plan=basic", rows: 120, baselineRows: 1_000 },
    ]);
    const findings = await findingsOf(done);
    const of = (segment: string) => findings.filter((one) => one.segment === segment);
    // The column itself has one value in its own segments.
    expect(new Set(of("plan=basic").map(({ feature }) => feature))).toEqual(new Set(["x", "prediction", "score"]));
    expect(
      of("plan=basic")
        .filter(({ drifted }) => drifted)
        .map(({ feature, n, m }) => [feature, n, m]),
    ).toEqual([
      ["x", 1_000, 120],
      ["x", 1_000, 120],
    ]);
    expect(of("plan=pro").some(({ drifted }) => drifted)).toBe(false);
    expect(of("plan=pro").every(({ evidence }) => evidence.baseline.length === 0)).toBe(true);
  });

  test("opens an incident of its own, which says whose it is and resolves by itself", async () => {
    const name = await watched(`  - { name: inputs drifted, when: drift.share >= 0.5, per: plan, do: [notify] }`);
    await world.predict(name, basicMoved);
    await checked(name, 16);
    await world.decide(name);
    const [incident, ...others] = await world.incidents(name);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ rule: "inputs drifted", segment: "plan=basic", state: "firing" });
    const [mail] = await world.mails(incident?.id ?? "");
    const notice = mail?.body as IncidentNotice;
    expect(notice).toMatchObject({ window: { rows: 120 }, baselineRows: 1_000, driftedFeatures: 1, testedFeatures: 3 });
    expect(notice.rule.segment).toBe("plan=basic");
    expect(notice.findings.map(({ feature, segment }) => [feature, segment])).toEqual([["x", "plan=basic"]]);
    world.setNow(at(28));
    await world.predict(name, dense(16, 28, "z"));
    await checked(name, 28);
    await world.decide(name);
    expect(await world.incidents(name)).toMatchObject([{ state: "resolved", resolution: "the rule no longer holds" }]);
  });

  test("is inconclusive in a segment with too few rows, and in a model whose baseline has none", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 4));
    const done = await checked(name, 4);
    expect(sightsOf(done)).toContainEqual({
      ...{ segment: "plan=basic", rows: 40, baselineRows: 1_000 },
      without: "only 40 of the 50 rows needed",
    });
    expect((await outcomesOf(done)).find(({ segment }) => segment === "plan=basic")).toMatchObject({
      outcome: "inconclusive",
      reason: "drift.share is not known: only 40 of the 50 rows needed",
    });
    const bare = await watched(
      undefined,
      undefined,
      baselineRows.map((row) => ({ ...row, plan: "" })),
    );
    await world.predict(bare, rowsBetween(0, 4));
    expect((await outcomesOf(await checked(bare, 4))).find(({ rule }) => rule === "inputs drifted")).toMatchObject({
      ...{ segment: "", outcome: "inconclusive" },
      reason: "the baseline has no value of plan: there is nothing to compare with",
    });
  });

  test("says that rows have values which the baseline lacks, and looks at the others", async () => {
    const name = await watched();
    await world.predict(
      name,
      rowsBetween(0, 4).map((row, i) => (i % 4 === 0 ? { ...row, plan: "gold" } : row)),
    );
    const done = await checked(name, 4);
    expect((done.quality as readonly QualityFinding[]).filter(({ kind }) => kind === "outside segments")).toEqual([
      {
        ...{ feature: "plan", segment: "", kind: "outside segments", severity: "notice" },
        message:
          "25 % of rows, 0 % in the baseline, have a plan that is new, rare or missing: rules per plan do not look at them",
      },
    ]);
    expect(sightsOf(done).map(({ segment }) => segment)).toEqual(["plan=pro", "plan=basic"]);
  });

  test("looks at no value that no record can hold: with a NUL, or without end", async () => {
    for (const plan of ["pro\u0000", "p".repeat(20_000)]) {
      const baseline = baselineRows.map((row) => (row.plan === "pro" ? { ...row, plan } : row));
      const name = await watched(undefined, undefined, baseline);
      await world.predict(
        name,
        rowsBetween(0, 4).map((row) => (row.plan === "pro" ? { ...row, plan } : row)),
      );
      const done = await checked(name, 4);
      expect([done.state, done.verdict]).toEqual(["done", expect.anything()]);
      expect(sightsOf(done).map(({ segment }) => segment)).toEqual(["plan=basic"]);
    }
  });

  test("is asked the same again by why and by a replay, to the bit", async () => {
    const name = await watched();
    await world.predict(name, basicMoved);
    const done = await checked(name, 16);
    await world.decide(name);
    const model = await world.model(name);
    const { recomputed } = (await explain(world.ports, [done.id])) as CheckExplanation;
    expect(recomputed).toEqual({ same: "exactly", differences: [] });
    const policy = await world.ports.policies.of(model.policyRevision ?? "");
    const seen = new Map<string, readonly Finding[]>();
    const { replay } = await replayPolicy(world.ports, await openPast(world.ports, model), {
      ...{ policy, from: at(1), to: at(16), hindsight: false },
      onCheck: (row, evaluation) => seen.set(row.slotKey, evaluation.findings),
    });
    expect(replay.checks.at(-1)?.outcomes).toEqual(await outcomesOf(done));
    const inOrder = (findings: readonly Finding[] = []) =>
      [...findings].sort((a, b) =>
        JSON.stringify([a.segment, a.feature, a.test]) < JSON.stringify([b.segment, b.feature, b.test]) ? -1 : 1,
      );
    expect(JSON.stringify(inOrder(seen.get(done.slotKey)))).toBe(JSON.stringify(inOrder(await findingsOf(done))));
    const recorded = await world.incidents(name);
    expect(recorded.length).toBeGreaterThan(0);
    expect(replay.incidents.map(({ rule, segment }) => [rule, segment]).sort()).toEqual(
      recorded.map(({ rule, segment }) => [rule, segment]).sort(),
    );
  });
});
