import fc from "fast-check";

/** Ascending finite edges; none has the sign of -0. */
export const edgeSets = fc
  .uniqueArray(fc.oneof(fc.integer({ min: -4, max: 4 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    maxLength: 60,
  })
  .map((edges) => Float64Array.from(new Set(edges.map((edge) => edge + 0))).sort());
