import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../src/core/drift/finding.ts";
import type { RuleOutcome } from "../../../src/core/drift/judge.ts";
import type { CheckRow } from "../../../src/ports/state.ts";
import { check } from "../../../src/stages/check/check.ts";
import { failCheck } from "../../../src/stages/check/fail-check.ts";
import type { Performance } from "../../../src/stages/check/measure-performance.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

let models = 0;
/** A model with a baseline and a policy, known since the first hour. */
async function watched(more = "", rules?: string, baseline: readonly object[] = baselineRows): Promise<string> {
  models += 1;
  const name = `c${models}`;
  world.setNow(at(0));
  await world.baseline(name, "1", baseline);
  await world.apply(policyOf(name, more, rules));
  return name;
}

const last = (checks: readonly CheckRow[]): CheckRow => {
  const found = checks.at(-1);
  if (found === undefined) throw new Error("no check was planned");
  return found;
};

async function findingsOf(checkId: string): Promise<readonly Finding[]> {
  return (await world.state.checks.findings(checkId)).map(({ body }) => body as Finding);
}

async function outcomesOf(checkId: string): Promise<readonly RuleOutcome[]> {
  return (await world.state.checks.ruleOutcomes(checkId)).map(({ body }) => body as RuleOutcome);
}

describe("drift", () => {
  test("a window like the baseline is ok, one that moved is not, and says what moved", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 4));
    await world.predict(name, rowsBetween(4, 8, { shift: 40 }));
    const planned = await world.plan(name, at(8));
    const [still, moved] = [await world.check(planned[3]?.id ?? ""), await world.check(last(planned).id)];
    expect(still).toMatchObject({ state: "done", verdict: "ok", reason: undefined, rowCount: 120 });
    expect(moved).toMatchObject({ state: "done", verdict: "warning", rowCount: 120 });
    const findings = await findingsOf(moved.id);
    expect(findings.filter(({ drifted }) => drifted).map(({ feature, test: made }) => [feature, made])).toEqual([
      ["x", "ks"],
      ["x", "psi"],
    ]);
    expect(findings.find(({ feature }) => feature === "x")?.direction).toMatch(/^median 49/);
    expect(new Set(findings.map(({ feature }) => feature))).toEqual(new Set(["plan", "prediction", "score", "x"]));
  });

  test("each test has the policy's α over the number of watched tests; observed features are shown and spend nothing", async () => {
    const findings = async (more: string) => {
      const name = await watched(more);
      await world.predict(name, rowsBetween(0, 4, { shift: 40 }));
      const done = await world.check(last(await world.plan(name, at(4))).id);
      return { done, findings: await findingsOf(done.id), outcomes: await outcomesOf(done.id) };
    };
    const all = await findings("");
    const seen = await findings("drift: { features: { observe: [x] } }");
    const limit = (list: readonly Finding[]) =>
      list.find(({ feature, test: made }) => feature === "plan" && made === "psi")?.limit;
    expect(all.outcomes.find(({ rule }) => rule === "inputs drifted")?.values["drift.share"]).toBe(0.5);
    expect(all.done.verdict).toBe("warning");
    // Only plan and the prediction alarm: fewer tests share α, so each has more of it.
    expect(limit(seen.findings)).toBeLessThan(limit(all.findings) ?? 0);
    expect(
      seen.findings
        .filter(({ observed }) => observed === true)
        .map(({ feature, drifted, pCorrected }) => [feature, drifted, pCorrected]),
    ).toEqual([
      ["x", true, undefined],
      ["x", true, undefined],
    ]);
    expect(seen.outcomes.find(({ rule }) => rule === "inputs drifted")?.values["drift.share"]).toBe(0);
    expect(seen.done.verdict).toBe("ok");
  });

  test("excluded features are not looked at", async () => {
    const name = await watched("drift: { features: { exclude: [x] } }");
    await world.predict(name, rowsBetween(0, 4, { shift: 40 }));
    const done = await world.check(last(await world.plan(name, at(4))).id);
    expect((await findingsOf(done.id)).map(({ feature }) => feature)).not.toContain("x");
    expect(done.verdict).toBe("ok");
  });

  test("a bound that leaves the verdict open is settled from the rows", async () => {
    const name = await watched("drift: { tests: { numeric: [ks] }, floor: 0% }");
    await world.predict(name, rowsBetween(0, 4, { shift: 12.05 }));
    const done = await world.check(last(await world.plan(name, at(4))).id);
    const ks = (await findingsOf(done.id)).find(({ feature }) => feature === "x");
    const before = baselineRows.map(({ x }) => x);
    const now = rowsBetween(0, 4, { shift: 12.05 }).map(({ x }) => x);
    const share = (values: readonly number[], cut: number) =>
      values.filter((value) => value <= cut).length / values.length;
    const exact = Math.max(...[...before, ...now].map((cut) => Math.abs(share(before, cut) - share(now, cut))));
    expect(ks?.lower).toBeLessThanOrEqual(exact + 1e-12);
    expect(ks?.upper).toBeGreaterThanOrEqual(exact - 1e-12);
    expect(ks?.drifted).toBe(exact >= (ks?.limit ?? 1) && (ks?.movedAtLeast ?? 0) > 0);
  });

  test("prediction drift takes the rows of the version judged, input drift those of all", async () => {
    const name = await watched();
    const other = rowsBetween(0, 4, { version: "shadow", key: "s" }).map((row) => ({ ...row, prediction: 1 }));
    await world.predict(name, [...rowsBetween(0, 4), ...other]);
    const done = await world.check(last(await world.plan(name, at(4))).id);
    const rows = Object.fromEntries((await findingsOf(done.id)).map(({ feature, m }) => [feature, m]));
    expect(rows).toEqual({ x: 240, plan: 240, prediction: 120, score: 120 });
    expect(done.verdict).toBe("ok");
  });
});

describe("what was known", () => {
  test("rows that come later change no check that is planned, and are in the next", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 4));
    const first = last(await world.plan(name, at(4)));
    await world.predict(name, rowsBetween(2, 4, { shift: 300, key: "late" }));
    const done = await world.check(first.id);
    expect([done.verdict, done.rowCount]).toEqual(["ok", 120]);
    const next = await world.check(last(await world.plan(name, at(5))).id);
    expect([next.verdict, next.rowCount]).toEqual(["warning", 150]);
  });

  test("rows that arrive beside a check are not in it, and all are in the next", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 4));
    const first = last(await world.plan(name, at(4)));
    const late = ["one", "two", "three"].map((key) => world.predict(name, rowsBetween(2, 4, { shift: 300, key })));
    const [done] = await Promise.all([world.check(first.id), ...late]);
    expect([done.verdict, done.rowCount]).toEqual(["ok", 120]);
    const next = await world.check(last(await world.plan(name, at(5))).id);
    expect([next.verdict, next.rowCount]).toEqual(["warning", 270]);
  });

  test("a check that is done is left alone", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 4));
    const [planned] = [last(await world.plan(name, at(4)))];
    const done = await world.check(planned.id);
    const findings = await findingsOf(done.id);
    await Promise.all([world.check(planned.id), world.check(planned.id)]);
    expect(await world.state.checks.get(planned.id)).toEqual(done);
    expect(await findingsOf(done.id)).toEqual(findings);
  });

  test("two at once: one records, the task of both is closed, and one decision is asked for", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 4));
    const planned = last(await world.plan(name, at(4)));
    const task = (await world.state.outbox.open(1_000)).find(({ subject }) => subject === planned.id);
    const input = { checkId: planned.id, taskId: task?.id ?? "" };
    await Promise.all([check(world.ports, input), check(world.ports, input)]);
    const open = await world.state.outbox.open(1_000);
    expect(open.filter(({ subject }) => subject === planned.id)).toEqual([]);
    expect(open.filter(({ key }) => key === `decide-${planned.id}`)).toHaveLength(1);
    expect(await findingsOf(planned.id)).toHaveLength(8);
  });

  test("a window that is not on the hour is counted from its rows", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(0, 6));
    const planned = last(await world.plan(name, at(6)));
    await world.state.sql('update "check" set window_start = $2, window_end = $3 where id = $1', [
      planned.id,
      at(1.5),
      at(5.25),
    ]);
    const done = await world.check(planned.id);
    // Three and three quarter hours at thirty an hour, the row at 5:15 not among them.
    expect([done.verdict, done.rowCount]).toEqual(["ok", 113]);
    expect((await findingsOf(done.id)).find(({ feature }) => feature === "prediction")?.m).toBe(113);
  });
});

describe("inconclusive, with its reason", () => {
  test("no rows", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(-30, -29));
    const done = await world.check(last(await world.plan(name, at(4))).id);
    expect(done).toMatchObject({ verdict: "inconclusive", reason: "no predictions in 4h", rowCount: 0 });
    expect((await outcomesOf(done.id)).map(({ outcome }) => outcome)).toEqual(["inconclusive", "inconclusive"]);
  });

  test("too few rows, although what is there looks alarming", async () => {
    const name = await watched();
    await world.predict(name, rowsBetween(3, 4, { shift: 500 }));
    const done = await world.check(last(await world.plan(name, at(4))).id);
    expect(done).toMatchObject({ verdict: "inconclusive", reason: "only 30 of the 50 rows needed", rowCount: 30 });
    expect(await findingsOf(done.id)).toEqual([]);
  });

  test("no baseline: the rows are counted all the same", async () => {
    const rules = "  - { name: too quiet, when: rows < 60 }\n  - { name: inputs drifted, when: drift.share > 0.5 }";
    const name = await watched("", rules);
    await world.predict(name, rowsBetween(0, 4));
    const planned = last(await world.plan(name, at(4)));
    await world.state.sql('update "check" set baseline_id = null where id = $1', [planned.id]);
    const done = await world.check(planned.id);
    expect(done).toMatchObject({ verdict: "inconclusive", reason: "no baseline", rowCount: 120 });
    expect((await outcomesOf(done.id)).map(({ rule, outcome }) => [rule, outcome])).toEqual([
      ["input broken", "inconclusive"],
      ["inputs drifted", "inconclusive"],
      ["too quiet", "quiet"],
    ]);
  });
});

describe("broken input", () => {
  test("missing values are critical, of an observed feature a notice", async () => {
    const gone = rowsBetween(0, 4).map(({ x, ...row }, i) => (i % 2 ? row : { ...row, x }));
    const judged = async (more: string) => {
      const name = await watched(more);
      await world.predict(name, gone);
      return world.check(last(await world.plan(name, at(4))).id);
    };
    const broken = await judged("");
    expect(broken.verdict).toBe("critical");
    expect(broken.quality).toMatchObject([{ feature: "x", kind: "missing rose", severity: "critical" }]);
    const seen = await judged("drift: { features: { observe: [x] } }");
    expect(seen.verdict).toBe("ok");
    expect(seen.quality).toMatchObject([{ feature: "x", kind: "missing rose", severity: "notice" }]);
  });

  test("a failed check is no verdict, and closes its gap", async () => {
    const name = await watched();
    const planned = last(await world.plan(name, at(4)));
    const task = (await world.state.outbox.open(1_000)).find(({ subject }) => subject === planned.id);
    const input = { checkId: planned.id, taskId: task?.id ?? "", reason: "the engine ran out of memory" };
    await failCheck(world.ports, input);
    await failCheck(world.ports, { ...input, reason: "again" });
    const failed = await world.state.checks.get(planned.id);
    expect(failed).toMatchObject({ state: "failed", verdict: undefined, reason: "the engine ran out of memory" });
    const open = await world.state.outbox.open(1_000);
    expect(open.filter(({ key }) => key === `decide-${planned.id}`)).toHaveLength(1);
    await world.check(planned.id);
    expect((await world.state.checks.get(planned.id)).state).toBe("failed");
  });
});

describe("performance", () => {
  const more = "data: { labels: { mature: 2h } }\nperformance: { metrics: [roc_auc, log_loss], window: 4h }";
  const fell = "  - { name: auc fell, when: performance.roc_auc.drop.lower > 0.02, severity: critical }";
  const labelsOf = (rows: ReturnType<typeof rowsBetween>, of: (row: (typeof rows)[number], i: number) => number) =>
    rows.map((row, i) => ({
      prediction_id: row.prediction_id,
      label: of(row, i),
      label_timestamp: new Date(Date.parse(row.timestamp) + 1_800_000).toISOString(),
    }));
  const performanceOf = (row: CheckRow) => row.performance as Performance;

  test("mature rows only, against what the baseline promised", async () => {
    const name = await watched(more, fell);
    const rows = rowsBetween(0, 8);
    await world.predict(name, rows);
    // As good as promised up to hour 6; worse than guessing afterwards, where nobody may look yet.
    await world.label(
      name,
      labelsOf(rows, ({ score }, i) => (score > ((i * 53) % 100) / 100 === i < 180 ? 1 : 0)),
    );
    const done = await world.check(last(await world.plan(name, at(8))).id);
    const { findings, from, to, labelled, predicted, without } = performanceOf(done);
    expect([new Date(from), new Date(to), labelled, predicted, without]).toEqual([at(2), at(6), 120, 120, undefined]);
    expect(findings.map(({ metric }) => metric)).toEqual(["roc_auc", "log_loss"]);
    for (const { promised, now } of findings)
      expect([promised, now]).toEqual([
        expect.objectContaining({ value: expect.any(Number) }),
        expect.objectContaining({ n: 120 }),
      ]);
    expect(done.verdict).toBe("ok");
    const later = await world.check(last(await world.plan(name, at(12))).id);
    expect([later.verdict, (await outcomesOf(later.id))[0]?.rule]).toEqual(["critical", "auc fell"]);
  });

  test.each([
    ["no labels yet", 0, "no mature predictions yet"],
    ["labels incomplete", 0.5, "only 60 of 120 mature predictions have labels"],
  ])("%s", async (_, share, reason) => {
    const name = await watched(more, fell);
    const rows = rowsBetween(0, 6);
    await world.predict(name, rows);
    if (share > 0)
      await world.label(
        name,
        labelsOf(rows, (_row, i) => i % 2).filter((_label, i) => i % 2 === 0),
      );
    const done = await world.check(last(await world.plan(name, at(6))).id);
    expect(performanceOf(done).without).toBe(reason);
    expect(done).toMatchObject({
      verdict: "inconclusive",
      reason: `performance.roc_auc.drop.lower is not known: ${reason}`,
    });
  });

  test("labels that came after the check was planned are not known to it", async () => {
    const name = await watched(more, fell);
    const rows = rowsBetween(0, 6);
    await world.predict(name, rows);
    const planned = last(await world.plan(name, at(6)));
    await world.label(
      name,
      labelsOf(rows, ({ score }) => (score > 0.5 ? 0 : 1)),
    );
    const done = await world.check(planned.id);
    expect(performanceOf(done).without).toBe("no mature predictions yet");
  });

  test("rows of one entity count as one: the interval is wider, and where none repeats it is not", async () => {
    const lowerOf = async (entity: (i: number) => string | undefined) => {
      const name = await watched(more, fell);
      const rows = rowsBetween(0, 6).map((row, i) => ({
        ...row,
        ...(entity(i) === undefined ? {} : { entity_id: entity(i) }),
      }));
      await world.predict(name, rows);
      await world.label(
        name,
        labelsOf(rows, ({ score }, i) => (score > ((i * 53) % 100) / 100 ? 1 : 0)),
      );
      const done = await world.check(last(await world.plan(name, at(6))).id);
      const [auc] = performanceOf(done).findings;
      if (auc === undefined || "reason" in auc.now) throw new Error(JSON.stringify(done));
      return auc.now;
    };
    const alone = await lowerOf(() => undefined);
    const each = await lowerOf((i) => `e${i}`);
    const few = await lowerOf((i) => `e${i % 12}`);
    expect(each).toEqual(alone);
    expect(few.value).toBe(alone.value);
    expect([few.lower, few.upper]).not.toEqual([alone.lower, alone.upper]);
  });

  test("is measured where there is too little for drift, and without any promise", async () => {
    const rules = "  - { name: auc low, when: performance.roc_auc.value < 0.2, severity: critical }";
    const name = await watched(
      more,
      rules,
      baselineRows.map(({ label, ...row }) => row),
    );
    const rows = rowsBetween(0, 4);
    await world.predict(name, rows);
    await world.label(
      name,
      labelsOf(rows, ({ score }) => (score > 0.5 ? 0 : 1)),
    );
    const done = await world.check(last(await world.plan(name, at(6))).id);
    expect(done).toMatchObject({ verdict: "critical", rowCount: 60 });
    expect(performanceOf(done).findings[0]?.promised).toBeUndefined();
  });
});

test("baseline.from: holdout asks for a baseline with labels", async () => {
  const unlabelled = baselineRows.map(({ label: _left, ...row }) => row);
  const reasonWith = async (baseline: readonly object[]) => {
    const name = await watched("baseline: { from: holdout }", undefined, baseline);
    await world.predict(name, rowsBetween(0, 4));
    return (await world.check(last(await world.plan(name, at(4))).id)).reason;
  };
  expect(await reasonWith(baselineRows)).toBeUndefined();
  expect(await reasonWith(unlabelled)).toBe(
    "the baseline has no labels: baseline.from asks for rows that the version was evaluated on",
  );
});
