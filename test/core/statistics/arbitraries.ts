import { expect } from "@jest/globals";
import fc from "fast-check";
import { DriftwardError } from "../../../src/core/errors.ts";

/** Two vectors of whole counts over the same 1 to 12 bins, each side with at least one row. */
export const countPairs = fc
  .integer({ min: 1, max: 12 })
  .chain((bins) => {
    const side = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: bins, maxLength: bins });
    return fc.tuple(side, side);
  })
  .filter(([baseline, window]) => baseline.some((count) => count > 0) && window.some((count) => count > 0));

/** Small whole numbers: many ties. */
export const tiedSamples = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 25 });

/** Finite numbers of ordinary size. */
export const samples = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });

/** The same order for two vectors: [b, w] by index. */
export function permute(values: readonly number[], order: readonly number[]): number[] {
  return order.map((index) => values[index] ?? Number.NaN);
}

/** Whether the call is refused with InvalidInput and the message holds the text. */
export function expectInvalid(call: () => unknown, text: string): void {
  let caught: unknown;
  try {
    call();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(DriftwardError);
  expect(caught).toMatchObject({ code: "InvalidInput", message: expect.stringContaining(text) });
}
