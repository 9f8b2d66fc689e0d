import type { Finding, QualityFinding } from "./finding.ts";

/** A finding without any value of its feature: what is left are statistics, sizes and shares. */
function withoutValues(finding: Finding): Finding {
  return { ...finding, direction: undefined, evidence: { ...finding.evidence, labels: [], baseline: [], window: [] } };
}

/** Findings as they may leave the machine: those of sensitive features without values. */
export function hideSensitive(findings: readonly Finding[], sensitive: readonly string[]): readonly Finding[] {
  return findings.map((finding) => (sensitive.includes(finding.feature) ? withoutValues(finding) : finding));
}

/** The same for what is odd about the input: messages that name values of a sensitive feature name none. */
export function hideSensitiveQuality(
  quality: readonly QualityFinding[],
  sensitive: readonly string[],
): readonly QualityFinding[] {
  return quality.map((finding) => {
    const { feature, kind } = finding;
    if (!sensitive.includes(feature)) return finding;
    if (kind === "constant") return { ...finding, message: `${feature} is the same in every row` };
    if (kind === "out of range") return { ...finding, message: `${feature} lies outside of the baseline's range` };
    return finding;
  });
}
