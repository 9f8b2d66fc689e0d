import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { compare, undecided } from "../../../src/core/drift/compare.ts";
import { profileFor } from "../../../src/core/policy/profile-for.ts";
import type { Counts, FeatureBins, Profile } from "../../../src/core/profile/bins.ts";
import { fitNumericBins } from "../../../src/core/profile/fit-numeric-bins.ts";
import { countByComparing, onlyCells } from "../profile/arbitraries.ts";

const draw = fc.double({ min: -3, max: 3, noNaN: true });
const sample = (least: number) => fc.array(draw, { minLength: least, maxLength: 160 });
const tests = { numeric: ["psi", "ks"], categorical: [] } as const;

const policy = (observe: readonly string[]) => ({
  drift: { features: { watch: ["*"], observe, exclude: [] } } as unknown as Parameters<typeof profileFor>[0]["drift"],
});
const counted = (bins: readonly FeatureBins[], values: readonly number[]): Counts => ({
  rows: values.length,
  features: bins.map((own) =>
    onlyCells(own.kind === "numeric" ? countByComparing(own.edges, values) : Float64Array.of(values.length)),
  ),
});
/** Every value of the baseline is an edge. */
const fineProfile = (values: readonly number[], names: readonly string[]): Profile => {
  const sorted = Float64Array.from(values).sort();
  const bins = names.map((name) => fitNumericBins(name, sorted, 1_000));
  return { bins, counts: counted(bins, values) };
};

test("with few edges psi is the same, and where the bounds of ks decide, they say what its exact distance says", () => {
  let [decided, left] = [0, 0];
  fc.assert(
    fc.property(sample(100), sample(30), fc.double({ min: -1.5, max: 1.5, noNaN: true }), (values, live, shift) => {
      const moved = live.map((value) => value + shift);
      const whole = fineProfile(values, ["x"]);
      const own = profileFor(policy(["x"]), whole);
      const options = { tests, alphaPerTest: 0.01, floor: 0, segment: "" };
      const [psi, ks] = compare(whole, counted(whole.bins, moved), options);
      const [samePsi, wide] = compare(own, counted(own.bins, moved), options);
      expect(samePsi).toEqual({ ...psi, direction: samePsi?.direction });
      if (ks === undefined || wide === undefined) throw new Error("expected ks of x");
      expect(wide.lower).toBeLessThanOrEqual(ks.lower);
      expect(wide.upper).toBeGreaterThanOrEqual(ks.upper);
      if (undecided(wide)) left += 1;
      else {
        decided += 1;
        expect(undecided(ks)).toBe(false);
        expect(wide.drifted).toBe(ks.drifted);
      }
    }),
    { numRuns: 50, seed: 7 },
  );
  expect([decided > 20, left > 0]).toEqual([true, true]);
});

test("what a policy watches, and the outputs, stay as they are", () => {
  const whole = fineProfile(
    Array.from({ length: 200 }, (_, i) => i),
    ["age", "raw_1", "customer", "prediction", "score"],
  );
  const features = { watch: ["a*"], observe: ["raw_*"], exclude: ["customer"] };
  const own = profileFor({ drift: { features } as unknown as Parameters<typeof profileFor>[0]["drift"] }, whole);
  const isSame = own.bins.map((bins, i) => bins === whole.bins[i]);
  expect(isSame).toEqual([true, false, false, true, true]);
  expect(own.counts.features.map((feature, i) => feature === whole.counts.features[i])).toEqual(isSame);
  expect(own.counts).toEqual({
    ...counted(
      own.bins,
      Array.from({ length: 200 }, (_, i) => i),
    ),
  });
  expect(profileFor(policy([]), whole)).toEqual(whole);
});
