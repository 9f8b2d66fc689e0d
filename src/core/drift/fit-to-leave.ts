import { isUnmeasurable } from "../metrics/metric.ts";
import type { Evidence, Finding, QualityFinding } from "./finding.ts";
import type { PerformanceFinding } from "./rule-facts.ts";
import { hideSensitive, hideSensitiveQuality } from "./sensitive.ts";
import { fewestRows, isTellable, tellableBins, tooFewRows } from "./small-cells.ts";
import { tellableDirection } from "./tellable-direction.ts";

/** What was seen of a window. */
export interface Seen {
  /** Of the window. */
  readonly rows: number;
  readonly findings: readonly Finding[];
  readonly quality: readonly QualityFinding[];
  readonly performance: readonly PerformanceFinding[];
}

/**
 * What was seen as it may leave the machine, in a mail, a report or a webhook: of sensitive features no values, and of
 * nobody a cell (a category, a bin, a segment, an end of a range) of fewer than ten rows. Statistics, sizes and shares
 * over all rows stay. Every face that leaves is rendered from this.
 *
 * @param sensitive  features and segment columns whose values are told nowhere
 */
export function fitToLeave(seen: Seen, sensitive: readonly string[]): Seen {
  const { rows } = seen;
  return {
    rows,
    findings: hideSensitive(seen.findings, sensitive).map((finding) =>
      withTellableSegment(withTellableCells(finding), finding.m, sensitive),
    ),
    quality: hideSensitiveQuality(seen.quality, sensitive).map((finding) =>
      withTellableSegment(withTellableMessage(finding, rows), rows, sensitive),
    ),
    performance: seen.performance.map(withTellableMetric),
  };
}

/**
 * A segment such as `country=NL` as it may leave: without its value where the column is sensitive or few rows have it.
 *
 * @param rows  of the segment
 */
export function segmentToLeave(segment: string, rows: number, sensitive: readonly string[]): string {
  if (segment === "") return segment;
  const [column = ""] = segment.split("=", 1);
  if (sensitive.includes(column)) return `${column}=(not shown)`;
  return rows < fewestRows ? `${column}=(${tooFewRows})` : segment;
}

function withTellableSegment<One extends { readonly segment: string }>(
  one: One,
  rows: number,
  sensitive: readonly string[],
): One {
  return one.segment === "" ? one : { ...one, segment: segmentToLeave(one.segment, rows, sensitive) };
}

function withTellableCells(finding: Finding): Finding {
  const { evidence, direction, n, m } = finding;
  // Of sensitive features nothing is left to tell.
  if (evidence.labels.length === 0) return finding;
  const groups = n < fewestRows || m < fewestRows ? undefined : tellableBins(evidence);
  if (groups === undefined) {
    const none: Evidence = { kind: evidence.kind, labels: [], baseline: [], window: [] };
    return {
      ...finding,
      direction: direction === undefined ? undefined : `not shown: ${tooFewRows}`,
      evidence: none,
    };
  }
  const whole = groups.length === evidence.labels.length;
  if (whole && m >= 4 * fewestRows && n >= 4 * fewestRows) return finding;
  return {
    ...finding,
    direction: direction === undefined ? undefined : tellableDirection(finding, groups),
    evidence: whole ? evidence : merged(evidence, groups),
  };
}

function merged(evidence: Evidence, groups: readonly (readonly number[])[]): Evidence {
  const { kind, labels } = evidence;
  const rows = (group: readonly number[], side: "baseline" | "window"): number =>
    group.reduce((sum, bin) => sum + (evidence[side][bin] ?? 0), 0);
  // The last bin is that of missing values, wherever they are counted.
  const apart = groups.some((group) => group.length === 1 && group[0] === labels.length - 1);
  const bins = apart ? groups : [...groups, []];
  return {
    kind,
    labels: bins.map((group, index) =>
      index === bins.length - 1 && !apart ? "missing" : nameTogether(evidence, group),
    ),
    baseline: bins.map((group) => rows(group, "baseline")),
    window: bins.map((group) => rows(group, "window")),
  };
}

function nameTogether(evidence: Evidence, group: readonly number[]): string {
  const { kind, labels, baseline, window } = evidence;
  const [first = "", last = ""] = [labels[group[0] ?? -1], labels[group.at(-1) ?? -1]];
  if (group.length === 1) return first;
  if (kind === "numeric" && labels.at(-2) !== "other") return rangeOf(group.map((bin) => labels[bin] ?? ""));
  const rare = group.every((bin) => !isTellable(baseline[bin] ?? 0) || !isTellable(window[bin] ?? 0));
  return `values of ${tooFewRows}${rare || last === "" ? "" : ", and others"}`;
}

/** `(27, 33]` and `(33, 38]` are `(27, 38]`. */
function rangeOf(labels: readonly string[]): string {
  const ranges = labels.filter((label) => label !== "missing");
  const tail = ranges.length < labels.length ? " or missing" : "";
  const [first = "", last = ""] = [ranges[0], ranges.at(-1)];
  const low = /^\((.*), /.exec(first)?.[1] ?? /^> (.*)$/.exec(first)?.[1];
  const high = /, (.*)\]$/.exec(last)?.[1] ?? /^<= (.*)$/.exec(last)?.[1];
  if (low === undefined) return `${high === undefined ? "all values" : `<= ${high}`}${tail}`;
  return `${high === undefined ? `> ${low}` : `(${low}, ${high}]`}${tail}`;
}

/** The ends of a range are the values of one row each; a share of few rows is told as that. */
function withTellableMessage(finding: QualityFinding, rows: number): QualityFinding {
  const { feature, kind, message } = finding;
  const few = (share: string | undefined): boolean => {
    const counted = Math.round((Number(share) / 100) * rows);
    return share !== undefined && !isTellable(counted);
  };
  switch (kind) {
    case "out of range":
      return { ...finding, message: `${feature} lies outside of the baseline's range` };
    case "constant":
      return rows >= fewestRows ? finding : { ...finding, message: `${feature} is the same in every row` };
    case "infinite": {
      const count = Number(/ is infinite in (\d+) rows$/.exec(message)?.[1]);
      return isTellable(count) ? finding : { ...finding, message: `${feature} is infinite in ${tooFewRows}` };
    }
    case "missing rose":
      return few(/ is missing in ([\d.]+) % of rows/.exec(message)?.[1])
        ? { ...finding, message: `${feature} is missing in ${tooFewRows}, in a larger share than in the baseline` }
        : finding;
    case "invalid":
      return few(/ of the wrong type in ([\d.]+) % of rows/.exec(message)?.[1])
        ? { ...finding, message: `${feature} has values of the wrong type in ${tooFewRows}` }
        : finding;
    default:
      return finding;
  }
}

function withTellableMetric(finding: PerformanceFinding): PerformanceFinding {
  const { now, promised } = finding;
  return {
    ...finding,
    now: !isUnmeasurable(now) && now.n < fewestRows ? { reason: tooFewRows } : now,
    promised: promised !== undefined && promised.n < fewestRows ? undefined : promised,
  };
}
