import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Observed, ruleFacts } from "../../../src/core/drift/rule-facts.ts";
import { damage, finding } from "./sides.ts";

const nothing: Observed = {
  rows: 1_000,
  findings: [],
  watched: [],
  quality: [],
  missingRise: {},
  performance: [],
  withoutDrift: undefined,
  withoutPerformance: undefined,
};
const facts = (more: Partial<Observed>) => ruleFacts({ ...nothing, ...more });
const still = (feature: string) => finding({ feature });
const drifted = (feature: string) => finding({ feature, drifted: true });

test("the prediction's own tests are those of the prediction and of its score, together", () => {
  const psi = (feature: string, statistic: number, pCorrected: number) => ({
    ...still(feature),
    statistic,
    pCorrected,
  });
  const outputs = [psi("prediction", 0.1, 0.4), { ...psi("score", 0.3, 0.01), drifted: true }];
  const { drift } = facts({
    watched: ["a"],
    findings: [still("a"), ...outputs, { ...psi("score", 0.2, 0.02), test: "ks" }],
  });
  expect(drift.prediction).toEqual({ drifted: true, statistics: { psi: 0.3, ks: 0.2 }, p: 0.01 });
  expect([drift.share, drift.count, Object.keys(drift.features)]).toEqual([0, 0, ["a"]]);
});

describe("drift.share", () => {
  test.each<[string, Partial<Observed>, number | undefined, number | undefined]>([
    [
      "of watched features",
      { watched: ["a", "b", "c", "d"], findings: [drifted("a"), still("b"), still("c"), still("d")] },
      0.25,
      1,
    ],
    [
      "one test of several is enough",
      { watched: ["a", "b"], findings: [still("a"), { ...drifted("a"), test: "ks" }, still("b")] },
      0.5,
      1,
    ],
    ["the prediction apart", { watched: ["a"], findings: [still("a"), drifted("prediction")] }, 0, 0],
    ["the observed apart", { watched: ["a"], findings: [still("a"), { ...drifted("raw"), observed: true }] }, 0, 0],
    [
      "untested features neither raise nor lower it",
      { watched: ["a", "b", "gone"], findings: [drifted("a"), still("b")] },
      0.5,
      1,
    ],
    ["nothing tested", { watched: ["gone"], findings: [] }, undefined, undefined],
    ["only the prediction tested", { watched: [], findings: [drifted("prediction")] }, undefined, undefined],
  ])("%s", (_, observed, share, count) => {
    const { drift } = facts(observed);
    expect([drift.share, drift.count]).toEqual([share, count]);
  });

  test("lies in 0 to 1, and is 1 just when all tested drifted", () => {
    const features = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        features,
        fc.array(fc.constantFrom("still", "drifted", "untested"), { minLength: 8, maxLength: 8 }),
        (watched, states) => {
          const findings = watched.flatMap((name, i) =>
            states[i] === "untested" ? [] : [states[i] === "drifted" ? drifted(name) : still(name)],
          );
          const { share } = facts({ watched, findings }).drift;
          if (findings.length === 0) expect(share).toBeUndefined();
          else expect(share).toBe(findings.filter((one) => one.drifted).length / findings.length);
        },
      ),
    );
  });

  test("says why there is none", () => {
    expect(facts({ watched: ["a"] }).absent).toEqual({ drift: "no watched feature has values on both sides" });
    expect(facts({ watched: ["a"], withoutDrift: "only 3 rows" }).absent).toMatchObject({ drift: "only 3 rows" });
    expect(facts({ watched: ["a"], findings: [still("a")] }).absent).toEqual({});
  });
});

test("a feature has its statistics, whether it drifted, and its smallest corrected p", () => {
  const { drift } = facts({
    watched: ["a", "constructor"],
    findings: [
      finding({ feature: "a", statistic: 0.4, pCorrected: 0.03, drifted: true }),
      finding({ feature: "a", test: "ks", statistic: 0.2, pCorrected: 0.01 }),
      finding({ feature: "constructor", pCorrected: undefined }),
      finding({ feature: "prediction", test: "ks", statistic: 0.1, pCorrected: 1 }),
      finding({ feature: "raw", observed: true }),
    ],
  });
  expect(drift.features).toEqual({
    a: { drifted: true, statistics: { psi: 0.4, ks: 0.2 }, p: 0.01 },
    constructor: { drifted: false, statistics: { psi: 0.3 } },
  });
  expect(drift.prediction).toEqual({ drifted: false, statistics: { ks: 0.1 }, p: 1 });
});

describe("quality", () => {
  test("counts what is critical", () => {
    const quality = [damage({}), damage({ kind: "constant", severity: "notice" })];
    expect(facts({ quality, missingRise: { a: 0.2 } }).quality).toEqual({
      count: 1,
      features: { a: { missing: 0.2 } },
    });
    expect(facts({}).quality.count).toBe(0);
  });

  test("is not known where the window was not looked at: 0 would resolve what is open", () => {
    const few = facts({ withoutDrift: "only 3 of the 500 rows needed" });
    expect(few.quality.count).toBeUndefined();
    expect(few.absent?.quality).toBe("only 3 of the 500 rows needed");
  });
});

describe("performance", () => {
  const auc = { value: 0.8, lower: 0.78, upper: 0.82, n: 500 };
  const promised = { value: 0.9, lower: 0.89, upper: 0.91, n: 2_000 };

  test("has the metric now and by how much it got worse, with the ends of its interval", () => {
    const { performance, absent } = facts({ performance: [{ metric: "roc_auc", now: auc, promised }] });
    expect(performance.roc_auc).toMatchObject({ value: 0.8, lower: 0.78, upper: 0.82 });
    // Newcombe: 0.1 ± √(0.01² + 0.02²)
    expect(performance.roc_auc?.worsening?.value).toBeCloseTo(0.1, 12);
    expect(performance.roc_auc?.worsening?.lower).toBeCloseTo(0.1 - Math.sqrt(0.0005), 12);
    expect(performance.roc_auc?.worsening?.upper).toBeCloseTo(0.1 + Math.sqrt(0.0005), 12);
    expect(absent).toEqual({ drift: "no watched feature has values on both sides" });
  });

  test("an error grows when it gets worse", () => {
    const now = { value: 90, lower: 85, upper: 95, n: 100 };
    const before = { value: 50, lower: 49, upper: 51, n: 100 };
    const { performance } = facts({ performance: [{ metric: "mae", now, promised: before }] });
    expect(performance.mae?.worsening?.value).toBe(40);
  });

  test("says what was not measured and why", () => {
    const { performance, absent } = facts({
      performance: [
        { metric: "roc_auc", now: { reason: "expected both classes" }, promised },
        { metric: "log_loss", now: auc, promised: undefined },
      ],
    });
    expect(performance.roc_auc).toEqual({});
    expect(performance.log_loss).toEqual({ value: 0.8, lower: 0.78, upper: 0.82 });
    expect(absent).toMatchObject({
      "performance.roc_auc": "expected both classes",
      "performance.log_loss.rise": "log_loss was never measured on the baseline",
      "promised.log_loss": "log_loss was never measured on the baseline",
    });
    expect(Object.hasOwn(absent ?? {}, "performance.log_loss")).toBe(false);
  });
});

test("a rule compares ends as far out as the alarm budget asks, and the value stays", () => {
  const now = { value: 0.7, lower: 0.66, upper: 0.74, n: 500, method: "delong" } as const;
  const promised = { value: 0.8, lower: 0.77, upper: 0.83, n: 900, method: "delong" } as const;
  const usual = facts({ performance: [{ metric: "roc_auc", now, promised }] }).performance.roc_auc;
  const careful = facts({ performance: [{ metric: "roc_auc", now, promised, confidence: 0.99 }] }).performance.roc_auc;
  // 2.5758 / 1.9600 standard errors.
  expect(careful?.lower).toBeCloseTo(0.7 - (0.04 * 2.5758293) / 1.959964, 6);
  expect(careful?.worsening?.value).toBe(usual?.worsening?.value);
  expect(careful?.worsening?.lower ?? 1).toBeLessThan(usual?.worsening?.lower ?? 0);
  expect(
    facts({ performance: [{ metric: "roc_auc", now, promised, confidence: 0.95 }] }).performance.roc_auc?.lower,
  ).toBeCloseTo(0.66, 12);
});
