import { segmentParts } from "../core/policy/segments.ts";
import { plainText } from "./plain-text.ts";

/** A segment for people: `country = NL`. */
export function segmentText(segment: string): string {
  const parts = segmentParts(segment);
  return plainText(parts === undefined ? segment : `${parts.column} = ${parts.value}`);
}

/** A rule with the segment that it is of: `inputs drifted, country = NL`. */
export function ruleText({ rule, segment }: { readonly rule: string; readonly segment: string }): string {
  return segment === "" ? plainText(rule) : `${plainText(rule)}, ${segmentText(segment)}`;
}
