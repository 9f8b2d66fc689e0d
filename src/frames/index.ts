/** What `import "driftward/frames"` gives: danfojs DataFrames in, findings as a DataFrame out. */
export { compareFrames, describeFrame, profileFrame } from "./compare-frames.ts";
export type { Frame } from "./danfo.ts";
export { findingsFrame } from "./findings-frame.ts";
export { readFrame } from "./read-frame.ts";
