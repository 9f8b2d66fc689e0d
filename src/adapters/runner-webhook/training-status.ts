import type { AttemptEnd } from "../attempts/attempt-end.ts";

const succeeded = new Set(["success", "succeeded", "successful", "complete", "completed", "done", "ok", "passed"]);
const failed = new Set(["failed", "failure", "error", "errored", "aborted", "cancelled", "canceled", "timed_out"]);

/**
 * How a training ended, as the status URL's answer has it; undefined while it has not, or says what is not known here.
 *
 * @param field  names joined by dots lead inwards: `run.state`
 */
export function endInStatus(text: string, field: string): AttemptEnd | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const name of field.split("."))
    value =
      typeof value === "object" && value !== null
        ? Object.entries(value).find(([key]) => key === name)?.[1]
        : undefined;
  const word = typeof value === "string" ? value.toLowerCase() : "";
  if (succeeded.has(word)) return { state: "succeeded" };
  return failed.has(word) ? { state: "failed", message: `the other system says "${word}"` } : undefined;
}
