import { binOrderOf } from "../drift/bin-order.ts";
import { type BinSpread, binLaw, binLimit, rowsAsOne } from "../drift/bin-spread.ts";
import { withSparseBins } from "../drift/sparse-bins.ts";
import type { DriftTest, Policy } from "../policy/policy.ts";
import { binCounts } from "../profile/bin-counts.ts";
import type { FeatureBins, Profile } from "../profile/bins.ts";
import { chiSquareQuantile } from "../statistics/chi-square-quantile.ts";
import { ksCriticalValue } from "../statistics/ks-critical-value.ts";
import { type BinOrder, mergeSparseBins } from "../statistics/merge-sparse-bins.ts";
import { psiLimit } from "../statistics/psi-limit.ts";
import { type DesignEffects, inflateFor } from "./design-effects.ts";
import { type DetectionInput, detectableAboveFloor, detectableByTest } from "./detectable-change.ts";

/** What a feature must do to count as drifted, for windows of the usual size. */
export interface FeatureLimits {
  readonly feature: string;
  readonly kind: FeatureBins["kind"];
  /** What sizes are divided by: the design effect, enlarged for its own noise at this α. */
  readonly effect: number;
  /** The design effect as measured on this feature alone. */
  readonly measured: number;
  readonly blocks: number;
  /** Effective rows of the baseline and of a usual window. */
  readonly n: number;
  readonly m: number;
  readonly tests: readonly { readonly test: DriftTest; readonly limit: number | undefined }[];
  /** Share of rows that must move to be seen with 80 % power; undefined when no change is seen so often. */
  readonly smallestChange: number | undefined;
  /** What decides that: the floor, the dependence of rows, or the chance that the budget leaves. */
  readonly ruledBy: "floor" | "dependent rows" | "budget";
}

/** From this design effect on it is the dependence of rows that makes a limit what it is. */
const muchDependence = 1.5;

/** The limits of one feature of a profile; none when the profile does not have it, or has no row of it. */
export function describeLimits(
  profile: Profile,
  name: string,
  how: {
    readonly policy: Pick<Policy, "drift">;
    readonly effects: DesignEffects;
    readonly rows: number;
    /** Of the baseline's rows, that count where it is matched to a window. */
    readonly share: number;
    readonly alphaPerTest: number;
  },
): readonly FeatureLimits[] {
  const index = profile.bins.findIndex((bins) => bins.name === name);
  const [bins, counts] = [profile.bins[index], profile.counts.features[index]];
  const measured = Object.hasOwn(how.effects.byFeature, name) ? how.effects.byFeature[name] : undefined;
  if (bins === undefined || counts === undefined || measured === undefined) return [];
  const effect = inflateFor(measured, how.alphaPerTest);
  const baseline = Array.from(binCounts(bins, counts), (count) => (count * how.share) / effect);
  const n = baseline.reduce((sum, count) => sum + count, 0);
  if (!(n > 0)) return [];
  const { policy, alphaPerTest } = how;
  const m = how.rows / effect;
  const tests = policy.drift.tests[bins.kind].filter((test) => test !== "ks" || bins.kind === "numeric");
  const whole = { baseline, windowSize: m, alphaPerTest, order: binOrderOf(bins) };
  const summed = { ...whole, ...summedOver(measured.spread, whole, effect) };
  const inputOf = (test: DriftTest) =>
    test === "ks" ? whole : test === "psi" ? summed : sparse(summed, measured.spread);
  const changes = tests.flatMap((test) => detectableByTest({ test, ...inputOf(test) }) ?? []);
  const byTest = changes.length === 0 ? undefined : Math.min(...changes);
  const byFloor = detectableAboveFloor({ baseline, windowSize: m }, policy.drift.floor);
  const seen = byTest === undefined || byFloor === undefined ? undefined : Math.max(byTest, byFloor);
  return [
    {
      ...{ feature: name, kind: bins.kind, effect, measured: measured.own, blocks: measured.blocks, n, m },
      tests: tests.map((test) => ({ test, limit: limitOf({ test, ...inputOf(test) }) })),
      smallestChange: seen,
      ruledBy:
        byTest !== undefined && byFloor !== undefined && byFloor > byTest
          ? "floor"
          : effect >= muchDependence
            ? "dependent rows"
            : "budget",
    },
  ];
}

type Sized = Pick<DetectionInput, "baseline" | "windowSize" | "measured"> & { readonly order: BinOrder };

/** What tests that sum over bins take: sizes by the mean effect of the bins, and their law. */
function summedOver(
  spread: BinSpread | undefined,
  { baseline, windowSize, order }: Sized,
  effect: number,
): Partial<Sized> {
  if (spread === undefined) return {};
  const mean = rowsAsOne(spread);
  const factor = effect / mean;
  const sized = { baseline: baseline.map((count) => count * factor), windowSize: windowSize * factor, order };
  const law = binLaw(spread, usualGroups(sized));
  return { ...sized, measured: law === undefined ? undefined : { effect: mean, law } };
}

/** What chi-square takes: its law heeds sparse bins. */
function sparse<T extends Sized>(sized: T, spread: BinSpread | undefined): T {
  const { measured, windowSize: m } = sized;
  if (measured === undefined || spread === undefined) return sized;
  const { effect, law } = measured;
  const n = sized.baseline.reduce((sum, count) => sum + count, 0);
  const rows = { n: n * effect, m: m * effect };
  return { ...sized, measured: { effect, law: withSparseBins(law, spread, usualGroups(sized), rows) } };
}

/** The bins merged for a usual window. */
function usualGroups({ baseline, windowSize, order }: Sized): readonly number[] {
  const n = baseline.reduce((sum, count) => sum + count, 0);
  const usual = baseline.map((count) => (count / n) * windowSize);
  return mergeSparseBins(baseline, usual, order).groups;
}

function limitOf({ test, alphaPerTest, measured, ...sized }: DetectionInput & Sized): number | undefined {
  const [n, m] = [sized.baseline.reduce((sum, count) => sum + count, 0), sized.windowSize];
  if (test === "ks") return ksCriticalValue(alphaPerTest, n, m);
  const bins = Math.max(...usualGroups(sized)) + 1;
  if (bins < 2) return undefined;
  if (measured === undefined)
    return test === "psi" ? psiLimit(alphaPerTest, bins, n, m) : chiSquareQuantile(alphaPerTest, bins - 1);
  const limit = binLimit(measured.law, alphaPerTest) / measured.effect;
  return test === "psi" ? limit * (1 / n + 1 / m) : limit;
}
