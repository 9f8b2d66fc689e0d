import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { binCounts, binLabels } from "../../../src/core/profile/bin-counts.ts";
import { decodeProfile, encodeProfile } from "../../../src/core/profile/profile-codec.ts";
import { profile } from "../../../src/core/table/profile-table.ts";

describe("profile", () => {
  test("counts every value once: ties, infinities, missing and wrong ones apart", () => {
    const size = [3, 1, 2, 2, Number.POSITIVE_INFINITY, null, Number.NaN, undefined, "2", true, "wrong", -0, 0];
    const { bins, counts } = profile({ size }, { kinds: { size: "numeric" } });
    expect(counts.rows).toBe(13);
    const [feature] = counts.features;
    expect([...(bins[0]?.kind === "numeric" ? bins[0].edges : [])]).toEqual([0, 1, 2, 3]);
    expect([...(feature?.cells ?? [])]).toEqual([0, 2, 0, 2, 0, 3, 0, 1, 1]);
    expect(feature).toMatchObject({
      missing: 3,
      invalid: 1,
      positiveInfinity: 1,
      negativeInfinity: 0,
      minimum: 0,
      maximum: 3,
    });
  });

  test("counts categories by their canonical text, the rest as other", () => {
    const some = ["b", "a", "b", true, "TRUE", "", null, 3, "3.0"];
    const made = profile({ kind: [...some, ...some, "rare"] }, { edges: 10 });
    const [bins, counts] = [made.bins[0], made.counts.features[0]];
    if (bins === undefined || counts === undefined) throw new Error("expected one feature");
    expect(binLabels(bins)).toEqual(["3", "b", "true", "other", "missing"]);
    expect([...binCounts(bins, counts)]).toEqual([4, 4, 4, 3, 4]);
  });

  test("leaves out times and what has no order or name, and takes only what is wanted", () => {
    const data = { at: [new Date(0)], thing: [{}], a: [1], b: [2] };
    expect(profile(data as never).bins.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(profile(data as never, { features: ["b"] }).bins.map(({ name }) => name)).toEqual(["b"]);
    expect(() => profile({ a: [1] }, { features: ["a", "z"] })).toThrow("found no values of z");
  });

  test("every row is in exactly one place, whatever the values; and a profile survives its bytes", () => {
    const value = fc.oneof(
      fc.double(),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(undefined, null, "", "7", "x", true, Number.NEGATIVE_INFINITY),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const made = profile({ a: values, b: values }, { kinds: { a: "numeric", b: "categorical" }, edges: 10 });
        for (const { cells, missing, invalid } of made.counts.features)
          expect(cells.reduce((sum, count) => sum + count, missing + invalid)).toBe(values.length);
        expect(decodeProfile(encodeProfile(made))).toEqual(made);
      }),
      { numRuns: 200 },
    );
  });
});
