import type { Config } from "../config.ts";
import { DriftwardError } from "../core/errors.ts";
import { noPoliciesHint } from "../core/policy/no-policies-hint.ts";
import { plainText } from "../render/plain-text.ts";

/** A wrong path must not look like policies without a mistake: in a pipeline nobody would notice. */
export function noPolicies({ policies, policyRepository }: Config, paths: readonly string[]): DriftwardError {
  const configured = policyRepository === undefined ? policies : policyRepository.url;
  const where = paths.length === 0 ? configured : paths.join(", ");
  return new DriftwardError("NotFound", `expected policy files in ${plainText(where)}, found none`, {
    hint: noPoliciesHint,
  });
}
