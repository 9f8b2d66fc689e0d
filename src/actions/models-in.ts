import type { PolicyText } from "../ports/policy-source.ts";
import { parseText } from "./parse-text.ts";

/** The models that policy files govern; a file with a mistake says nothing of any. */
export function modelsIn(texts: readonly PolicyText[]): readonly string[] {
  const parsed = texts.map(parseText);
  return parsed.flatMap((one) => ("problems" in one ? [] : one.policies.map(({ policy }) => policy.model)));
}
