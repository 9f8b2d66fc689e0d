import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { featureKsBounds } from "../../../src/core/profile/feature-ks-bounds.ts";
import { distanceByTrying, tiedValues } from "../../core/profile/arbitraries.ts";
import { mulberry32 } from "../../core/statistics/vectors.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine();
});
afterAll(() => opened.close());

function asCsv(values: readonly number[]): string {
  return `x,timestamp\n${values.map((value, i) => `${Object.is(value, -0) ? "-0" : value},${1_700_000_000 + i}`).join("\n")}\n`;
}

async function write(name: string, values: readonly number[]) {
  await writeFile(opened.path(name), asCsv(values));
  return { paths: [opened.path(name)], format: "csv" } as const;
}

const sample = fc.array(
  fc.oneof({ weight: 9, arbitrary: tiedValues }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
  {
    minLength: 1,
    maxLength: 40,
  },
);

describe("exactKolmogorovSmirnov", () => {
  test("is what trying every cut gives; bounds from counts contain it", () =>
    fc.assert(
      fc.asyncProperty(sample, sample, async (base, live) => {
        const present = [base, live].map((values) => values.filter((value) => !Number.isNaN(value)));
        const [b = [], l = []] = present;
        fc.pre(b.length > 0 && l.length > 0);
        const [baseline, window] = [await write("b.csv", base), await write("l.csv", live)];
        const exact = await opened.engine.exactKolmogorovSmirnov({ baseline, live: window, feature: "x" });
        expect(exact).toMatchObject({ n: b.length, m: l.length });
        expect(Math.abs(exact.statistic - distanceByTrying(b, l))).toBeLessThanOrEqual(1e-12);
        const profile = await opened.engine.profile({
          files: baseline,
          features: [{ name: "x", kind: "numeric" }],
          edges: 10,
        });
        const [group] = await opened.engine.count({ files: window, bins: profile.bins });
        const [bins, counts, counted] = [profile.bins[0], profile.counts.features[0], group?.counts.features[0]];
        if (bins === undefined || counts === undefined || counted === undefined)
          throw new Error("expected one feature");
        const bounds = featureKsBounds({ bins, counts }, counted);
        expect(bounds?.lower).toBeLessThanOrEqual(exact.statistic + 1e-12);
        expect(bounds?.upper).toBeGreaterThanOrEqual(exact.statistic - 1e-12);
      }),
      { numRuns: 60 },
    ));

  test("with weights by the hour of the week is what trying every cut of the weighted rows gives", () =>
    fc.assert(
      fc.asyncProperty(
        sample,
        sample,
        fc.array(fc.constantFrom(0, 0.25, 1, 3.7), { minLength: 168, maxLength: 168 }),
        async (base, live, hourWeights) => {
          const weightOf = (i: number) => hourWeights[Math.floor((1_700_000_000 + 3_600 * i) / 3_600) % 168] ?? 0;
          const rows = base.flatMap((value, i) =>
            Number.isNaN(value) || weightOf(i) === 0 ? [] : [[value, weightOf(i)] as const],
          );
          const window = live.filter((value) => !Number.isNaN(value));
          fc.pre(rows.length > 0 && window.length > 0);
          await writeFile(
            opened.path("w.csv"),
            asCsv(base).replaceAll(
              /,(\d+)$/gm,
              (_, at: string) => `,${1_700_000_000 + 3_600 * (Number(at) - 1_700_000_000)}`,
            ),
          );
          const exact = await opened.engine.exactKolmogorovSmirnov({
            baseline: { paths: [opened.path("w.csv")], format: "csv" },
            live: await write("l.csv", live),
            feature: "x",
            hourWeights,
          });
          const total = rows.reduce((sum, [, weight]) => sum + weight, 0);
          const below = (cut: number) =>
            rows.reduce((sum, [value, weight]) => (value <= cut ? sum + weight : sum), 0) / total;
          const cuts = [...rows.map(([value]) => value), ...window];
          const naive = Math.max(
            ...cuts.map((cut) => Math.abs(below(cut) - window.filter((value) => value <= cut).length / window.length)),
          );
          expect(exact).toMatchObject({ n: rows.length, m: window.length });
          expect(Math.abs(exact.statistic - naive)).toBeLessThanOrEqual(1e-11);
        },
      ),
      { numRuns: 40 },
    ));

  test("leaves out rows of the baseline that its filter does", async () => {
    const next = mulberry32(5);
    const values = Array.from({ length: 300 }, (_, i) => (i < 100 ? 5 : next()));
    const [baseline, live] = [await write("cut.csv", values), await write("now.csv", values.slice(150))];
    const except = [{ start: new Date(1_700_000_000_000), end: new Date(1_700_000_100_000) }];
    for (const hourWeights of [undefined, Array.from({ length: 168 }, () => 2)]) {
      const exact = await opened.engine.exactKolmogorovSmirnov({
        ...{ baseline, live, feature: "x", baselineFilter: { except } },
        ...(hourWeights === undefined ? {} : { hourWeights }),
      });
      expect(exact.n).toBe(200);
      expect(exact.statistic).toBeCloseTo(distanceByTrying(values.slice(100), values.slice(150)), 11);
    }
  });

  test("takes the live rows of the filter", async () => {
    const next = mulberry32(1);
    const values = Array.from({ length: 400 }, () => next());
    const files = await write("f.csv", values);
    const exact = await opened.engine.exactKolmogorovSmirnov({
      baseline: files,
      live: files,
      feature: "x",
      liveFilter: { from: new Date(1_700_000_100_000), to: new Date(1_700_000_200_000) },
    });
    expect(exact).toMatchObject({ n: 400, m: 100 });
    expect(exact.statistic).toBeCloseTo(distanceByTrying(values, values.slice(100, 200)), 12);
  });

  test("refuses a side without values", async () => {
    const [baseline, live] = [await write("some.csv", [1]), await write("none.csv", [Number.NaN])];
    await expect(opened.engine.exactKolmogorovSmirnov({ baseline, live, feature: "x" })).rejects.toMatchObject({
      code: "InvalidData",
      message: 'expected values of "x" in the live rows, got none',
    });
  });
});
