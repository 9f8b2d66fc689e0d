import { z } from "zod";

const short = z.string().min(1).max(2_000);

const resultSchema = z.strictObject({
  artifact: short,
  parameters: z.record(z.string(), z.unknown()).default({}),
  code: z.strictObject({ commit: short.optional(), image: short.optional() }).default({}),
});

/** What a trainer says of the artifact it made; none of it is trusted as a measurement. */
export type TrainerResult = z.infer<typeof resultSchema>;

/**
 * Reads a trainer's `result.json`.
 *
 * @param text  the file's text; undefined when there is none
 * @returns the result, or the problem in words
 */
export function parseTrainerResult(
  text: string | undefined,
): { readonly result: TrainerResult } | { readonly problem: string } {
  if (text === undefined) return { problem: "the trainer wrote no result.json" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "expected JSON in the trainer's result.json, got something else" };
  }
  const parsed = resultSchema.safeParse(value);
  if (parsed.success) return { result: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  return { problem: `the trainer's result.json cannot be used${where}: ${issue?.message ?? "unknown problem"}` };
}
