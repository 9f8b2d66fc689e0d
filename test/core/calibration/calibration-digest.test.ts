import { describe, expect, test } from "@jest/globals";
import { type Calibration, calibrate, limitsOf } from "../../../src/core/calibration/calibrate.ts";
import { calibrationDigest, calibrationVersion } from "../../../src/core/calibration/calibration-digest.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import { binsOf, hoursOfCounts, profileOf } from "./hours.ts";

function policyOf(more = "", owner = "risk@example.com", at = "drift.share >= 0.3", severity = "warning") {
  const source = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [${owner}]
schedule: { every: 6h }
window: { span: 24h, min_rows: 100 }
performance: { metrics: [roc_auc], window: 7d }
${more}
rules:
  - { name: drifted, when: '${at}', severity: ${severity}, do: [notify] }
  - { name: worse, when: performance.roc_auc.drop.lower > 0.0, severity: critical, do: [notify] }
`;
  const parsed = parsePolicy(source, "churn.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems.map(({ message }) => message).join("; "));
  return parsed.policy;
}

const baselineId = "b";
const digestOf = (policy = policyOf()) => calibrationDigest({ baselineId, policy, effort: 100 });

describe("the name of a calibration", () => {
  test("is the same for policies that differ in nothing that bears on limits", () => {
    expect(digestOf(policyOf("", "other@example.com"))).toBe(digestOf());
    expect(digestOf(policyOf("quality: { missing: { rise: 9pp } }"))).toBe(digestOf());
    expect(digestOf(policyOf("\n# a line more\n"))).toBe(digestOf());
    expect(digestOf(policyOf("", undefined, undefined, "critical"))).toBe(digestOf());
    expect(digestOf()).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["the budget", policyOf("drift: { alarm_budget: 1 per 7d }")],
    ["the floor", policyOf("drift: { floor: 2% }")],
    ["the features", policyOf("drift: { features: { watch: ['*'], exclude: [id] } }")],
    ["the tests", policyOf("drift: { tests: { numeric: [psi] } }")],
    ["the season", policyOf("baseline: { match: [weekday] }")],
    ["the segments", policyOf("data: { segments: [country] }")],
    ["a condition", policyOf("", undefined, "drift.share >= 0.4")],
  ])("is another one for %s", (_, policy) => expect(digestOf(policy)).not.toBe(digestOf()));

  test("is another one for another baseline or other draws", () => {
    const of = { baselineId, policy: policyOf(), effort: 100 };
    const names = [of, { ...of, baselineId: "c" }, { ...of, effort: 200 }].map(calibrationDigest);
    expect(new Set(names).size).toBe(3);
  });
});

/** Figures of a calibration, as far as they are the same on every machine. */
const figures = (calibration: Calibration) => {
  const { alphaPerTest, effects, performanceConfidence, spreads = {} } = limitsOf(calibration);
  const round = (value: number) => Number(value.toPrecision(5));
  const ofSpreads = Object.values(spreads).flatMap(({ moderation, lent, degrees }) => [moderation, lent, degrees]);
  return [alphaPerTest, ...Object.values(effects), performanceConfidence, ...ofSpreads].map(round);
};

/* What is kept in state was derived by the same code: where these figures change, the version has to grow with them. */
test("this version derives these figures; others are another `calibrationVersion`", () => {
  const random = seededRandom(7);
  const bins = ["f", "g", "h"].map((name) => binsOf(name, ["a", "b"]));
  const days = Array.from({ length: 20 }, () => random());
  const hours = hoursOfCounts(bins, 20 * 24, (hour, feature) => {
    const share = 0.3 + ((0.4 * ((days[Math.floor(hour / 24)] ?? 0) * (feature + 1))) % 1);
    return Array.from({ length: 20 }, () => (random() < share ? 0 : 1));
  });
  const profile = profileOf(bins, hours);
  const three = ["f", "g", "h", "i"].map((name) => binsOf(name, ["a", "b", "c"]));
  const hoursOfThree = hoursOfCounts(three, 20 * 24, () =>
    Array.from({ length: 10 }, () => Math.floor(3 * random())).flatMap((value) => [value, value]),
  );
  const calibrated = (policy: ReturnType<typeof policyOf>) =>
    figures(calibrate({ policy, profile, hours, effort: 20_000 }));
  expect({
    version: calibrationVersion,
    plain: calibrated(policyOf()),
    matched: calibrated(policyOf("baseline: { match: [hour] }\ndrift: { alarm_budget: 1 per 90d }")),
    inPairs: figures(
      calibrate({ policy: policyOf(), profile: profileOf(three, hoursOfThree), hours: hoursOfThree, effort: 20_000 }),
    ),
  }).toEqual({
    version: 6,
    plain: [0.0061404, 33.729, 113.77, 150.04, 0.95, 1, 1, 19, 1, 1, 19, 1, 1, 19],
    matched: [0.0020468, 35.734, 120.53, 158.96, 0.98116, 1, 1, 19, 1, 1, 19, 1, 1, 19],
    inPairs: [
      ...[0.00625, 2.3146, 2.4636, 2.2859, 2.3903, 0.95],
      ...[1.0536, 0.33977, 223.68, 1.1104, 0.3389, 224.25],
      ...[1.0856, 0.33784, 224.96, 1.096, 0.34097, 222.89],
    ],
  });
});
