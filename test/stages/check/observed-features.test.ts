import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPast } from "../../../src/actions/replay/past.ts";
import { replayPolicy } from "../../../src/actions/replay/replay-policy.ts";
import type { Finding } from "../../../src/core/drift/finding.ts";
import { ksPValue } from "../../../src/core/statistics/ks-p-value.ts";
import type { CountEngine } from "../../../src/ports/count-engine.ts";
import { calibrateBaseline } from "../../../src/stages/check/calibrate-baseline.ts";
import { evaluateWindow } from "../../../src/stages/check/evaluate-window.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

const rules = `  - { name: inputs drifted, when: drift.share >= 0.5, do: [notify] }
  - { name: plans drifted, when: drift.share >= 0.5, per: plan, do: [notify] }`;
const more = "data: { segments: [plan] }\nbaseline: { match: [hour] }";
const watching = (name: string) => policyOf(name, more, rules);
const observing = (name: string) => policyOf(name, `${more}\ndrift: { features: { observe: [x] } }`, rules);

/** Rows of a baseline with times: two weeks of them. */
const timedBaseline = baselineRows.map((row, n) => ({ ...row, timestamp: at(-336 + n * 0.112).toISOString() }));

async function modelWith(name: string, policy: string): Promise<string> {
  world.setNow(at(0));
  await world.baseline(name, "1", timedBaseline);
  await world.apply(policy);
  return name;
}

/** Rows of the hours, and the checks of them. */
async function live(name: string, from: number, to: number, shift: number) {
  await world.predict(name, rowsBetween(from, to, { shift }));
  const checks = await world.plan(name, at(to));
  for (const { id } of checks) await world.check(id);
  return Promise.all(checks.map(async ({ id }) => ({ id, findings: await findingsOf(id) })));
}

const order = ({ feature, segment, test: by }: Finding) => `${feature} ${segment} ${by}`;
const sorted = (findings: readonly Finding[]) =>
  [...findings].sort((one, other) => (order(one) < order(other) ? -1 : 1));

async function findingsOf(checkId: string): Promise<readonly Finding[]> {
  return sorted((await world.state.checks.findings(checkId)).map(({ body }) => body as Finding));
}

/** What a replay of the policy in force sees, check by check. */
async function replayed(name: string, policy: string, until: number) {
  const model = await world.model(name);
  const before = model.policyRevision;
  await world.apply(policy);
  const { policyRevision = "" } = await world.model(name);
  const seen: (readonly Finding[])[] = [];
  await replayPolicy(world.ports, await openPast(world.ports, model), {
    ...{ policy: await world.ports.policies.of(policyRevision), from: at(1), to: at(until), hindsight: false },
    onCheck: (_, { findings }) => seen.push(sorted(JSON.parse(JSON.stringify(findings)) as Finding[])),
  });
  if (before !== undefined)
    await world.state.transaction((tx) => tx.models.update(model.id, { policyRevision: before }));
  return seen;
}

const kinds = async (name: string) => {
  const { id } = await world.model(name);
  const found = await world.state.sql(
    `select edges, count(*)::int as n from count join log_file f on f.id = log_file_id where f.model_id = '${id}' group by edges order by edges`,
  );
  return found.map(({ edges }) => edges);
};

describe("a policy that comes to watch what it observed, and back", () => {
  test("each check says what it would say had the policy always been so, and so does its replay, to the bit", async () => {
    const turning = await modelWith("turning", observing("turning"));
    const watched = await modelWith("watched", watching("watched"));
    const observed = await modelWith("observed", observing("observed"));
    const shifts = [0, 4, 80];
    const seen = { turning: [], watched: [], observed: [] } as Record<string, Awaited<ReturnType<typeof live>>>;
    for (const [i, shift] of shifts.entries()) {
      await world.apply(i === 1 ? watching(turning) : observing(turning));
      for (const name of [turning, watched, observed]) {
        const checks = await live(name, 2 * i, 2 * i + 2, shift);
        expect(checks).toHaveLength(2);
        seen[name]?.push(...checks);
      }
      if (i === 0) expect([await kinds(turning), await kinds(watched)]).toEqual([["few"], ["all"]]);
    }
    expect([await kinds(turning), await kinds(watched), await kinds(observed)]).toEqual([
      ["all", "few"],
      ["all"],
      ["few"],
    ]);
    const all = (name: string) => (seen[name] ?? []).map(({ findings }) => findings);
    const [asWatched, asObserved] = [all(watched), all(observed)];
    expect(all(turning)).toEqual([...asObserved.slice(0, 2), ...asWatched.slice(2, 4), ...asObserved.slice(4)]);
    expect(asObserved.flat().filter(({ feature, drifted }) => feature === "x" && drifted).length).toBeGreaterThan(0);
    expect(new Set(asObserved.flat().map(({ segment }) => segment))).toEqual(new Set(["", "plan=pro"]));

    expect(await replayed(turning, observing(turning), 6)).toEqual(asObserved);
    // The other way round too: what was counted with few edges is counted again for a policy that watches.
    for (const name of [watched, observed]) expect(await replayed(name, watching(name), 6)).toEqual(asWatched);
    expect(await kinds(observed)).toEqual(["all", "few"]);
    expect(await replayed(observed, observing(observed), 6)).toEqual(asObserved);
  }, 240_000);

  test("of an observed feature all is as of a watched one but its limits and the bounds of its distance", async () => {
    const checks = async (name: string, policy: string) => {
      await modelWith(name, policy);
      return (await live(name, 0, 4, 2.5)).at(-1)?.findings ?? [];
    };
    const few = await checks("few", policyOf("few", "drift: { features: { observe: [x] } }"));
    const whole = await checks("whole", policyOf("whole"));
    const of = (findings: readonly Finding[], by: string) =>
      findings.filter((one) => one.feature === "x" && one.segment === "" && one.test === by);
    const numbers = ({ statistic, moved, movedEstimate, evidence, n, m }: Finding) => ({
      statistic,
      moved,
      movedEstimate,
      evidence,
      n,
      m,
    });
    expect(of(few, "psi").map(numbers)).toEqual(of(whole, "psi").map(numbers));
    const [wide, narrow] = [of(few, "ks")[0], of(whole, "ks")[0]];
    expect(wide?.lower).toBeLessThanOrEqual(narrow?.lower ?? 0);
    expect(wide?.upper).toBeGreaterThanOrEqual(narrow?.upper ?? 1);
    expect(wide?.upper).toBeGreaterThan(wide?.lower ?? 1);
  });

  test("rows decide where the wide bounds of an observed feature do not", async () => {
    const policy = policyOf("close", "drift: { features: { observe: [x] } }");
    await modelWith("close", policy);
    const [{ id, findings } = { id: "", findings: [] }] = (await live("close", 0, 4, 30)).slice(-1);
    const ks = findings.find(({ feature, test: by }) => feature === "x" && by === "ks");
    if (ks === undefined) throw new Error("no finding of x");
    expect(ks.drifted && ks.lower < ks.upper).toBe(true);
    // A limit between the bounds.
    const alphaPerTest = ksPValue((ks.lower + ks.upper) / 2, ks.n, ks.m);
    const asked: string[] = [];
    const engine: CountEngine = {
      ...world.ports.engine,
      exactKolmogorovSmirnov: (request) => {
        asked.push(request.feature);
        return world.ports.engine.exactKolmogorovSmirnov(request);
      },
    };
    const model = await world.model("close");
    const limits = {
      ...{ alphaPerTest, effects: {}, provisional: true },
      ...{ performanceConfidence: 0.95, performanceEffects: {}, expectedIncidents: 0 },
    };
    const ports = { ...world.ports, engine, limits: { of: async () => limits } };
    const own = await world.ports.policies.of(model.policyRevision ?? "");
    const seen = await evaluateWindow(ports, await world.state.checks.get(id), model, own);
    const exact = seen.findings.find(({ feature, test: by }) => feature === "x" && by === "ks");
    expect(asked).toEqual(["x"]);
    expect(exact?.lower).toBe(exact?.upper);
    expect(exact?.lower).toBeGreaterThanOrEqual(ks.lower);
    expect(exact?.upper).toBeLessThanOrEqual(ks.upper);
    expect(exact?.drifted).toBe((exact?.statistic ?? 0) >= (exact?.limit ?? 1));
  });
});

test("limits of what a policy watches follow from all edges, whatever else it observes", async () => {
  const name = await modelWith("limits", policyOf("limits", "drift: { features: { observe: [x] } }"));
  const { id: modelId, championBaseline: baselineId = "", policyRevision = "" } = await world.model(name);
  const profile = await world.ports.profiles.of(baselineId);
  const policy = await world.ports.policies.of(policyRevision);
  const excluding = {
    ...policy,
    drift: { ...policy.drift, features: { watch: ["plan"], observe: [], exclude: ["x"] } },
  };
  const request = { modelId, baselineId, profile, effort: 20_000 };
  const asked: number[] = [];
  const engine: CountEngine = {
    ...world.ports.engine,
    count: (counting) => {
      asked.push(
        ...counting.bins.flatMap((bins) => (bins.name === "x" && bins.kind === "numeric" ? bins.edges.length : [])),
      );
      return world.ports.engine.count(counting);
    },
  };
  const limits = await calibrateBaseline({ ...world.ports, engine }, { ...request, policy });
  expect(await calibrateBaseline(world.ports, { ...request, policy: excluding })).toEqual(limits);
  expect(asked.every((edges) => edges <= 64) && asked.length > 0).toBe(true);
  expect(limits.features.map(({ feature }) => feature).sort()).toEqual(["plan", "prediction", "score"]);
});
