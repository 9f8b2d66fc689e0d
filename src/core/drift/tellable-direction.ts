import { total } from "../total.ts";
import { carriesMuch, describeShift, shownBins, worthAWord } from "./direction.ts";
import type { Evidence, Finding } from "./finding.ts";
import { heaviestBin } from "./heaviest-bin.ts";
import { fewestRows, tooFewRows } from "./small-cells.ts";

/** Quartiles part the rows in four: each part must be large enough to be told. */
const fewestForQuartiles = 4 * fewestRows;

/** The quartiles at the beginning of a sentence about numbers; no number in it has a comma. */
const quartiles = /^median [^,]*(?:, middle half [^,]*)?/;

/**
 * What moved where, again, without a word of cells of few rows: from the counts that a finding keeps, in the words that
 * `describeDirection` has for them.
 *
 * @param groups  bins as they may leave; what shares one is not named
 */
export function tellableDirection(
  { direction = "", evidence }: Pick<Finding, "direction" | "evidence">,
  groups: readonly (readonly number[])[],
): string {
  const alone = new Set(groups.flatMap((group) => (group.length === 1 ? group : [])));
  const { kind, labels } = evidence;
  const [ranged] = kind === "numeric" && labels.at(-2) !== "other" ? (quartiles.exec(direction) ?? []) : [];
  const rows = Math.min(valueRows(evidence, "baseline"), valueRows(evidence, "window"));
  const told = ranged === undefined || rows < fewestForQuartiles ? [] : [ranged];
  const named = ranged === undefined ? moved(evidence) : heaviest(evidence);
  const [missing] = shifts(evidence, true).filter((shift) => Math.abs(shift.after - shift.before) >= worthAWord);
  const all = [...named, ...(missing === undefined ? [] : [missing])];
  const tellable = all.filter(({ bin }) => alone.has(bin));
  const kept = tellable.map(({ label, before, after }) => describeShift(label, before, after));
  const withheld = all.length - tellable.length + (ranged !== undefined && told.length === 0 ? 1 : 0);
  const rest =
    withheld === 0 ? [] : [`${withheld === 1 ? "a change" : `${withheld} changes`} in ${tooFewRows} not shown`];
  return [...told, ...kept, ...rest].join(", ") || "small shifts in many places";
}

interface Shift {
  readonly bin: number;
  readonly label: string;
  readonly before: number;
  readonly after: number;
}

function valueRows(evidence: Evidence, side: "baseline" | "window"): number {
  return total(evidence[side].slice(0, -1));
}

/** Shares on both sides: of the values that are there, or of all rows that are missing. */
function shifts(evidence: Evidence, ofMissing: boolean): readonly Shift[] {
  const { baseline, window } = evidence;
  const last = evidence.labels.length - 1;
  const [n, m] = (["baseline", "window"] as const).map((side) =>
    ofMissing ? total(evidence[side]) : valueRows(evidence, side),
  );
  if (n === undefined || m === undefined || n === 0 || m === 0) return [];
  return evidence.labels
    .map(
      (label, bin): Shift => ({
        bin,
        label: ofMissing ? label : nameOf(evidence, label, bin),
        before: (baseline[bin] ?? 0) / n,
        after: (window[bin] ?? 0) / m,
      }),
    )
    .filter(({ bin }) => (bin === last) === ofMissing);
}

function moved(evidence: Evidence): readonly Shift[] {
  const by = ({ before, after }: Shift): number => Math.abs(after - before);
  return shifts(evidence, false)
    .filter((shift) => by(shift) >= worthAWord)
    .sort((one, other) => by(other) - by(one))
    .slice(0, shownBins);
}

function heaviest(evidence: Evidence): readonly Shift[] {
  const found = heaviestBin(evidence.baseline.slice(0, -1), evidence.window.slice(0, -1));
  if (found === undefined || found.part < carriesMuch || Math.abs(found.after - found.before) < worthAWord) return [];
  const { bin, before, after } = found;
  const range = nameOf(evidence, evidence.labels[bin] ?? "", bin);
  return [{ bin, before, after, label: `${after > before ? "more" : "fewer"} rows ${range}` }];
}

/** A bin in a sentence: `(27, 33]` is "from 27 to 33"; what no category of the baseline covers is "other values". */
function nameOf({ kind, labels, baseline }: Evidence, label: string, bin: number): string {
  if (labels[labels.length - 2] === "other") {
    if (bin !== labels.length - 2) return label;
    return baseline[bin] === 0 ? "values not seen in the baseline" : "other values";
  }
  if (kind === "categorical") return label;
  const [, low, high] = /^\((.*), (.*)\]$/.exec(label) ?? [];
  if (low !== undefined && high !== undefined) return `from ${short(low)} to ${short(high)}`;
  return label.startsWith("<= ") ? `up to ${short(label.slice(3))}` : `above ${short(label.slice(2))}`;
}

function short(number: string): string {
  return String(Number(Number(number).toPrecision(4)));
}
