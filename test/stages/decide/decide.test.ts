import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { quarantine } from "../../../src/actions/quarantine.ts";
import { brokenInputRule, type RuleOutcome } from "../../../src/core/drift/judge.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { Trainer } from "../../../src/ports/runner.ts";
import type { CheckRow } from "../../../src/ports/state.ts";
import { decide } from "../../../src/stages/decide/decide.ts";
import { testActor } from "../../support/open-test-log.ts";
import { at, baselineRows, openWatchWorld, policyOf, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

type Said = RuleOutcome["outcome"];
const rule = "inputs drifted";
const rows = baselineRows.slice(0, 200);

let models = 0;
async function watched(rules?: string, more = ""): Promise<string> {
  models += 1;
  const name = `d${models}`;
  world.setNow(at(0));
  await world.baseline(name, "1", rows);
  await world.apply(policyOf(name, more, rules));
  return name;
}

function outcome(said: Said, more: Partial<RuleOutcome> = {}): RuleOutcome {
  return {
    rule,
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

/** Records what checks saw, as the stage does. */
async function finish(checks: CheckRow | readonly CheckRow[], outcomes: readonly RuleOutcome[]): Promise<void> {
  const holds = outcomes.some((one) => one.outcome === "holds");
  await world.state.transaction(async (tx) => {
    for (const check of [checks].flat()) {
      await tx.checks.finish(check.id, {
        ...{
          versionId: check.versionId,
          baselineId: check.baselineId,
          quarantined: 0,
          quality: [],
          performance: {},
          reason: undefined,
        },
        state: "done",
        verdict: holds ? "warning" : "ok",
        rowCount: 120,
        doneAt: check.slotAt,
      });
      await tx.checks.insertRuleOutcomes(
        outcomes.map((body) => {
          const { rule: name, segment, outcome: said, severity } = body;
          return { checkId: check.id, rule: name, segment, outcome: said, severity, body };
        }),
      );
    }
  });
}

/** Plays outcomes one an hour, deciding after each, and says in which hour an incident opened (+) or ended (-). */
async function play(name: string, said: readonly Said[], more: Partial<RuleOutcome> = {}, from = 1): Promise<number[]> {
  const events: number[] = [];
  for (const [index, one] of said.entries()) {
    const hour = from + index;
    const before = await world.incidents(name);
    const [check] = await world.plan(name, at(hour));
    if (check === undefined) throw new Error(`nothing planned at ${hour}`);
    await finish(check, [outcome(one, more)]);
    await world.decide(name);
    const after = await world.incidents(name);
    if (after.length > before.length) events.push(hour);
    if (
      after.filter(({ state }) => state === "resolved").length >
      before.filter(({ state }) => state === "resolved").length
    )
      events.push(-hour);
  }
  return events;
}

const times = (count: number, said: Said): readonly Said[] => Array.from({ length: count }, () => said);

describe("in order", () => {
  test("check k + 1, done before k, waits for it", async () => {
    const name = await watched();
    const [first, second] = await world.plan(name, at(2));
    if (first === undefined || second === undefined) throw new Error("two slots");
    await finish(second, [outcome("holds")]);
    await world.decide(name);
    expect(await world.incidents(name)).toEqual([]);
    expect((await world.model(name)).decidedSlot).toBeUndefined();
    await finish(first, [outcome("quiet")]);
    await world.decide(name);
    expect((await world.incidents(name)).map(({ openedCheck }) => openedCheck)).toEqual([second.id]);
    expect((await world.model(name)).decidedSlot).toEqual(second.slotAt);
  });

  test("a failed or missed check closes its gap, and neither resets nor counts", async () => {
    const name = await watched();
    const planned = await world.plan(name, at(8));
    const eightHours = { forMs: 8 * 3_600_000 };
    for (const [index, check] of planned.entries()) {
      if (index === 1 || index === 2)
        await world.state.sql("update \"check\" set state = $2, done_at = slot_at, reason = 'x' where id = $1", [
          check.id,
          index === 1 ? "failed" : "missed",
        ]);
      else await finish(check, [outcome("holds", eightHours)]);
    }
    await world.decide(name);
    // Windows of four hours: the fifth slot's ends the eight hours that the first began.
    expect((await world.incidents(name)).map(({ openedCheck }) => openedCheck)).toEqual([planned[4]?.id]);
  });

  test("two decides at once open one incident and queue its mails once", async () => {
    const name = await watched();
    await finish(await world.plan(name, at(3)), [outcome("holds")]);
    const { id } = await world.model(name);
    await Promise.all([1, 2, 3, 4].map(() => decide(world.ports, { modelId: id })));
    const incidents = await world.incidents(name);
    expect(incidents).toHaveLength(1);
    expect(await world.mails(incidents[0]?.id ?? "")).toHaveLength(2);
  });

  test("a long silence is decided in pieces, to the end", async () => {
    const name = await watched();
    const planned = await world.plan(name, at(120));
    expect(planned).toHaveLength(120);
    await finish(planned, [outcome("quiet")]);
    await world.decide(name);
    const { id, decidedSlot } = await world.model(name);
    expect(decidedSlot).toEqual(at(50));
    const next = (await world.state.outbox.open(10_000)).filter(
      ({ kind, subject, key }) => kind === "decide" && subject === id && key.startsWith("decide-after"),
    );
    expect(next).toHaveLength(1);
    await decide(world.ports, { modelId: id, taskId: next[0]?.id ?? "" });
    await world.decide(name);
    expect((await world.model(name)).decidedSlot).toEqual(at(120));
  });

  test("a check by hand feeds nothing", async () => {
    const name = await watched();
    const [check] = await world.plan(name, at(1));
    if (check === undefined) throw new Error("one slot");
    const byHand = { ...check, id: randomUUID(), slotKey: "" };
    await world.state.transaction((tx) => tx.checks.insert(byHand));
    await finish(byHand, [outcome("holds")]);
    await finish(check, [outcome("quiet")]);
    await world.decide(name);
    expect(await world.incidents(name)).toEqual([]);
  });
});

describe("time", () => {
  test("opens once, stays open, and ends when no window of one span has held", async () => {
    const name = await watched();
    expect(await play(name, [...times(3, "holds"), ...times(6, "quiet"), "holds"])).toEqual([1, -8, 10]);
    expect((await world.incidents(name)).map(({ state }) => state)).toEqual(["resolved", "firing"]);
  });

  test("`for` needs data of its length, and starts anew after a quiet check", async () => {
    const name = await watched();
    const forMs = 8 * 3_600_000;
    expect(await play(name, [...times(3, "holds"), "quiet", ...times(6, "holds")], { forMs })).toEqual([9]);
  });

  test("inconclusive checks end nothing and start nothing", async () => {
    const name = await watched();
    expect(await play(name, [...times(5, "inconclusive"), "holds", ...times(9, "inconclusive")])).toEqual([6]);
  });

  test("another condition under the same name starts anew", async () => {
    const name = await watched();
    const forMs = 8 * 3_600_000;
    expect(await play(name, times(4, "holds"), { forMs })).toEqual([]);
    expect(await play(name, times(5, "holds"), { forMs, when: "drift.share >= 0.1" }, 5)).toEqual([9]);
  });

  test("a rule that was away has not held meanwhile", async () => {
    const name = await watched();
    const forMs = 8 * 3_600_000;
    expect(await play(name, times(3, "holds"), { forMs })).toEqual([]);
    expect(await play(name, times(3, "holds"), { forMs, rule: "another" }, 4)).toEqual([]);
    expect(await play(name, times(5, "holds"), { forMs }, 7)).toEqual([11]);
  });
});

describe("what no longer counts", () => {
  test("the check of an old champion, or against an old baseline, opens and ends nothing", async () => {
    const name = await watched();
    const planned = await world.plan(name, at(2));
    const { id } = await world.model(name);
    const second = await world.baseline(name, "2", rows.slice(0, 100));
    await world.state.transaction((tx) =>
      tx.models.update(id, { championVersion: second.versionId, championBaseline: second.baselineId }),
    );
    await finish(planned, [outcome("holds")]);
    await world.decide(name);
    expect(await world.incidents(name)).toEqual([]);
    expect((await world.model(name)).decidedSlot).toEqual(at(2));
  });

  test("an incident whose rule the policy lost ends, and who was told hears it", async () => {
    const name = await watched();
    await play(name, ["holds"]);
    expect(await play(name, ["quiet"], { rule: "another" }, 2)).toEqual([-2]);
    const [incident] = await world.incidents(name);
    expect(incident).toMatchObject({ state: "resolved", resolution: "the policy has no such rule any more" });
    const mails = await world.mails(incident?.id ?? "");
    expect(mails.map(({ kind, recipient }) => [kind, recipient])).toEqual([
      ["opened", "one@example.com"],
      ["opened", "two@example.com"],
      ["resolved", "one@example.com"],
      ["resolved", "two@example.com"],
    ]);
    expect(mails[2]?.body).toMatchObject({ rule: { rule } });
  });

  test("an end is told to those who were told of the beginning, whom the policy names by now", async () => {
    const name = await watched();
    await play(name, ["holds"]);
    await world.apply(policyOf(name).replace("one@example.com, two@example.com", "three@example.com"));
    await play(name, times(5, "quiet"), {}, 2);
    const [incident] = await world.incidents(name);
    const mails = await world.mails(incident?.id ?? "");
    expect(mails.filter(({ kind }) => kind === "resolved").map(({ recipient }) => recipient)).toEqual([
      "one@example.com",
      "two@example.com",
    ]);
  });

  test("a rule without notify opens an incident and writes to nobody", async () => {
    const name = await watched();
    await play(name, ["holds", ...times(6, "quiet")], { do: ["retrain"] });
    const [incident] = await world.incidents(name);
    expect(incident?.state).toBe("resolved");
    expect(await world.mails(incident?.id ?? "")).toEqual([]);
  });
});

describe("retraining", () => {
  const rules = `  - { name: ${rule}, when: drift.share >= 0.5, do: [notify, retrain] }`;
  const more =
    "performance: { metrics: [roc_auc] }\nretrain: { trainer: nobody }\nevaluate: { gates: [candidate.roc_auc.lower > 0.6] }";
  const acts = { do: ["notify", "retrain"] as const };

  test("a refusal is recorded with its reason, once, and told", async () => {
    const name = await watched(rules, more);
    await play(name, times(4, "holds"), acts);
    const [incident] = await world.incidents(name);
    const decisions = await world.state.decisions.ofCheck(incident?.openedCheck ?? "");
    expect(decisions.map(({ action, outcome: said }) => [action, said]).toSorted()).toEqual([
      ["notify", "carried out"],
      ["retrain", "refused"],
    ]);
    expect(decisions.find(({ action }) => action === "retrain")?.reason).toBe(
      'driftward.yaml names no trainer "nobody"',
    );
    const [mail] = await world.mails(incident?.id ?? "");
    expect(mail?.body).toMatchObject({ did: ['Retraining refused: driftward.yaml names no trainer "nobody".'] });
    const records = (await world.state.records.list(0, 10_000)).filter(
      ({ kind, payload }) => kind === "run refused" && payload.includes(name),
    );
    expect(records).toHaveLength(1);
  });

  test("broken input is never learnt", async () => {
    const name = await watched(rules, more);
    const [check] = await world.plan(name, at(1));
    if (check === undefined) throw new Error("one slot");
    await finish(check, [
      outcome("holds", acts),
      outcome("holds", { rule: brokenInputRule, severity: "critical", when: "quality.count > 0.0" }),
    ]);
    const trainers = new Map([["nobody", { name: "nobody" } as Trainer]]);
    await decide({ ...world.ports, trainers }, { modelId: (await world.model(name)).id });
    const decisions = await world.state.decisions.ofCheck(check.id);
    expect(decisions.find(({ action }) => action === "retrain")).toMatchObject({
      outcome: "refused",
      reason: expect.stringMatching(/^the input is broken/),
    });
    expect((await world.incidents(name)).map((one) => one.rule).toSorted()).toEqual([brokenInputRule, rule]);
  });
});

describe("what a mail is written from", () => {
  test("the rule, its place, the policy's commit, the window; sensitive values stay here", async () => {
    const name = await watched(undefined, "data: { sensitive: [plan] }");
    await world.apply(policyOf(name, "data: { sensitive: [plan] }").replace("one@", "1@"), "3f2c9ab11d0e");
    const [check] = await world.plan(name, at(1));
    if (check === undefined) throw new Error("one slot");
    const evidence = { kind: "categorical", labels: ["pro", "basic"], baseline: [134, 66], window: [40, 80] };
    const finding = (feature: string, more: object = {}) => ({
      checkId: check.id,
      feature,
      segment: "",
      test: "psi",
      body: {
        feature,
        segment: "",
        test: "psi",
        statistic: 1,
        lower: 1,
        upper: 1,
        limit: 0.1,
        n: 200,
        m: 120,
        moved: 0.3,
        movedAtLeast: 0.2,
        drifted: true,
        direction: "pro: 67 % → 33 %",
        evidence,
        ...more,
      },
    });
    await world.state.transaction((tx) =>
      tx.checks.insertFindings([finding("plan"), finding("x"), finding("seen", { observed: true })]),
    );
    await finish(check, [outcome("holds")]);
    await world.decide(name);
    const [incident] = await world.incidents(name);
    const [mail] = await world.mails(incident?.id ?? "");
    const notice = mail?.body as IncidentNotice;
    expect(notice).toMatchObject({
      model: name,
      version: "1",
      severity: "warning",
      policy: { path: "policies/test.yaml", commit: "3f2c9ab11d0e", revision: expect.any(Number) },
      window: { start: at(-3).toISOString(), end: at(1).toISOString(), rows: 120 },
      baselineRows: 200,
      testedFeatures: 2,
      driftedFeatures: 2,
      rule: { place: "policies/test.yaml:9:33" },
      budget: { count: 1, perMs: 2_592_000_000 },
    });
    const [plan, x] = ["plan", "x"].map((feature) => notice.findings.find((one) => one.feature === feature));
    expect(x?.direction).toBe("pro: 67 % → 33 %");
    expect([plan?.direction, plan?.evidence.labels, plan?.statistic]).toEqual([undefined, [], 1]);
    expect(notice.findings.map(({ feature }) => feature)).not.toContain("seen");
    expect(JSON.stringify(plan)).not.toMatch(/pro|basic/);
    const instance = await world.state.instance.id();
    expect(mail?.messageId).toBe(`incident-${incident?.number}.opened.1@${instance}`);
  });
});

describe("broken input whose hours are put in quarantine", () => {
  const broken = { rule: brokenInputRule, severity: "critical", when: "quality.count > 0.0" } as const;
  const takeOut = async (name: string, from: number, to: number) => {
    const { state, ports } = world;
    await quarantine(
      { state, clock: ports.clock, ids: ports.ids },
      { model: name, from: at(from), to: at(to), reason: "zeros", actor: testActor },
    );
  };

  test("ends with the next check that finds none in what is left", async () => {
    const name = await watched();
    expect(await play(name, times(2, "holds"), broken)).toEqual([1]);
    await takeOut(name, 0, 1);
    expect(await play(name, times(1, "quiet"), broken, 3)).toEqual([-3]);
    const [incident] = await world.incidents(name);
    expect(incident?.resolution).toBe("the rule no longer holds: hours in which it held are in quarantine");
  });

  test("goes on while it is found in what is left, and ends when the rest is out as well", async () => {
    const name = await watched();
    await play(name, times(1, "holds"), broken);
    await takeOut(name, 0, 1);
    expect(await play(name, ["holds", "quiet", "quiet"], broken, 2)).toEqual([]);
    await takeOut(name, 1, 2);
    expect(await play(name, times(1, "quiet"), broken, 5)).toEqual([-5]);
  });

  test("takes a whole window of quiet when other hours are, and other rules always do", async () => {
    const name = await watched();
    await play(name, times(1, "holds"), broken);
    await takeOut(name, -9, -5);
    expect(await play(name, times(5, "quiet"), broken, 2)).toEqual([-6]);
    const other = await watched();
    await play(other, times(1, "holds"));
    await takeOut(other, 0, 1);
    expect(await play(other, times(5, "quiet"), {}, 2)).toEqual([-6]);
  });
});
