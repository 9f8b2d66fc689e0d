import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { calibrateModel } from "../../../src/actions/calibrate.ts";
import { calibrate, limitsOf } from "../../../src/core/calibration/calibrate.ts";
import { keepCalibrations, limitsFrom } from "../../../src/stages/check/keep-calibrations.ts";
import { at, baselineRows, openWatchWorld, policyOf, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
let calibrated = 0;

beforeAll(async () => {
  world = await openWatchWorld();
  world.setNow(at(0));
  await world.baseline("kept", "1", baselineRows);
  await world.apply(policyOf("kept"));
});
afterAll(() => world.close());

/** As another process has them: nothing is known but what is in state. */
const anew = () =>
  keepCalibrations({
    ...world.ports,
    calibrate: async (input) => {
      calibrated += 1;
      return calibrate(input);
    },
  });

async function requestOf(policy?: string) {
  if (policy !== undefined) await world.apply(policy);
  const model = await world.model("kept");
  const baselineId = model.championBaseline ?? "";
  const profile = await world.ports.profiles.of(baselineId);
  return { modelId: model.id, baselineId, profile, policy: await world.ports.policies.of(model.policyRevision ?? "") };
}

const stored = async () => Number((await world.state.sql("select count(*)::int as n from calibration"))[0]?.n);

test("is derived once, for every process that asks, now and later, and for `calibrate`", async () => {
  const request = await requestOf();
  const [one, other] = [anew(), anew()];
  const first = await one.of(request);
  expect(await one.of(request)).toBe(first);
  expect(await other.of(request)).toEqual(first);
  expect(await limitsFrom(anew()).of(request)).toEqual(limitsOf(first));
  const asked = await calibrateModel({ ...world.ports, calibrations: anew() }, "kept");
  expect({ ...asked.calibration, spreads: first.spreads }).toEqual(first);
  expect([calibrated, await stored()]).toEqual([1, 1]);
});

test("two that derive the same at once leave one answer, and both have it", async () => {
  const request = await requestOf(policyOf("kept", "drift: { alarm_budget: 1 per 60d }"));
  const [before, rows] = [calibrated, await stored()];
  const [one, other] = await Promise.all([anew().of(request), anew().of(request)]);
  expect(one).toEqual(other);
  expect(calibrated - before).toBeGreaterThanOrEqual(1);
  expect((await stored()) - rows).toBe(1);
});

test("a revision that bears on no limit shares what is there; one that does has its own", async () => {
  const [before, rows] = [calibrated, await stored()];
  await anew().of(
    await requestOf(policyOf("kept", "drift: { alarm_budget: 1 per 60d }\nquality: { missing: { rise: 9pp } }")),
  );
  expect([calibrated - before, (await stored()) - rows]).toEqual([0, 0]);
  const own = await anew().of(await requestOf(policyOf("kept", "drift: { alarm_budget: 1 per 90d }")));
  expect([calibrated - before, (await stored()) - rows]).toEqual([1, 1]);
  expect(own.budget.perMs).toBe(90 * 86_400_000);
});

test("one that could not be derived is asked for again", async () => {
  const request = await requestOf(policyOf("kept", "drift: { alarm_budget: 1 per 45d }"));
  let broken = true;
  const calibrations = keepCalibrations({
    ...world.ports,
    calibrate: async (input) => {
      if (broken) throw new Error("out of memory");
      return calibrate(input);
    },
  });
  await expect(calibrations.of(request)).rejects.toThrow("out of memory");
  broken = false;
  expect((await calibrations.of(request)).provisional).toBe(true);
});
