import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { drawPicture } from "../../../src/adapters/mail/draw-picture.ts";
import { pictureColours, pictureSize, pictureSvg } from "../../../src/render/mail/picture.ts";
import type { Chart } from "../../../src/render/mail/sections.ts";
import { hostileNames } from "../../support/hostile-names.ts";

const shares = fc.oneof(
  fc.double({ min: 0, max: 1 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 1e308),
);
const charts: fc.Arbitrary<Chart> = fc.record({
  shape: fc.constantFrom("histogram", "bars"),
  bins: fc.array(fc.record({ label: fc.constantFrom(...hostileNames), baseline: shares, live: shares }), {
    minLength: 1,
    maxLength: 80,
  }),
});

test("whatever the names and shares are, it is rectangles within its size and nothing else", () => {
  fc.assert(
    fc.property(charts, (chart) => {
      const svg = pictureSvg(chart);
      const { width, height } = pictureSize(chart);
      expect(svg).toMatch(
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"( [a-zA-Z]+="[0-9. ]+")+>(<(rect|path)( [a-z-]+="[A-Za-z0-9. #]+")+\/>)*<\/svg>$/,
      );
      for (const [, x, y, w, h] of svg.matchAll(
        /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
      )) {
        expect(Number(x) + Number(w)).toBeLessThanOrEqual(width + 0.01);
        expect(Number(y) + Number(h)).toBeLessThanOrEqual(height + 0.01);
      }
      expect(svg.length).toBeLessThan(30_000);
    }),
  );
});

test("is drawn, and small, whatever it shows", async () => {
  await fc.assert(
    fc.asyncProperty(charts, async (chart) => {
      const png = await drawPicture(pictureSvg(chart));
      expect(png?.length).toBeLessThan(30_000);
      expect(png?.readUInt32BE(16)).toBe(pictureSize(chart).width * 2);
    }),
    { numRuns: 30 },
  );
});

/** Contrast of two colours, as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const light = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [bright, dark] = [light(one), light(other)].toSorted((a, b) => b - a);
  return ((bright ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

test.each(["#ffffff", "#191f27", "#1f1f1f", "#000000"])("its colours are seen on %s", (background) => {
  for (const colour of Object.values(pictureColours)) expect(contrast(colour, background)).toBeGreaterThanOrEqual(3);
});
