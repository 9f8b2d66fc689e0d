import { z } from "zod";
import type { Progress } from "../../ports/runner.ts";

export const attemptEndSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("succeeded") }),
  z.object({ state: z.literal("failed"), exitCode: z.int().optional(), message: z.string() }),
  z.object({ state: z.literal("timed out") }),
  z.object({ state: z.literal("cancelled") }),
  z.object({ state: z.literal("lost"), message: z.string() }),
]);

/** How an attempt ended, as it is kept. */
export type AttemptEnd = z.infer<typeof attemptEndSchema>;

/** An end as a runner tells it. */
export function progressOf(end: AttemptEnd): Progress {
  return end.state === "failed" ? { ...end, exitCode: end.exitCode } : end;
}
