import type { Policy, Rule } from "./policy.ts";

/** Segments of one column that rules are asked of, at most: those most frequent in the baseline. */
export const mostSegments = 20;

/** The columns whose segments rules are asked of, in the order in which rules name them. */
export function segmentColumns({ rules }: Pick<Policy, "rules">): readonly string[] {
  return [...new Set(rules.flatMap(({ per }) => per?.column ?? []))];
}

/** The rules that are asked of the segments of a column; of all rows when it is undefined. */
export function rulesPer({ rules }: Pick<Policy, "rules">, column: string | undefined): readonly Rule[] {
  return rules.filter(({ per }) => per?.column === column);
}

/** The name of a segment: `country=NL`. */
export function segmentName(column: string, value: string): string {
  return `${column}=${value}`;
}

/** A segment's column and value; undefined for the whole. A column whose segments are asked of has no `=` in its name. */
export function segmentParts(segment: string): { readonly column: string; readonly value: string } | undefined {
  const at = segment.indexOf("=");
  return at < 0 ? undefined : { column: segment.slice(0, at), value: segment.slice(at + 1) };
}
