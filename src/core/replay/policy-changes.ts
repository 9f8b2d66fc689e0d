type Values = Readonly<Record<string, unknown>>;

/** One difference between two policies, at a path such as `drift.alarm_budget` or `rules["inputs drifted"].for`. */
export interface PolicyChange {
  readonly path: string;
  readonly kind: "added" | "changed" | "removed";
  /** As the files write it; undefined where there is nothing. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Lists whose items have names: these are matched by name, wherever they stand. */
const named: ReadonlySet<string> = new Set(["rules"]);

/**
 * What is different between two policies, value by value in the order of the file. Defaults are filled in on both
 * sides, so that writing a default down is no change; rules are matched by their names, and other lists are told whole.
 *
 * @param before  as of `plainValues`; undefined where there was no policy
 */
export function policyChanges(before: unknown, after: unknown): readonly PolicyChange[] {
  return changes(before, after, "");
}

function isSection(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function changes(before: unknown, after: unknown, path: string): readonly PolicyChange[] {
  if (isSection(before) && isSection(after)) return sectionChanges(before, after, path);
  if (named.has(path) && Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  if (sameValue(before, after)) return [];
  if (before === undefined) return [{ path, kind: "added", before: undefined, after: textOf(after) }];
  if (after === undefined) return [{ path, kind: "removed", before: textOf(before), after: undefined }];
  return [{ path, kind: "changed", before: textOf(before), after: textOf(after) }];
}

function sectionChanges(before: Values, after: Values, path: string): readonly PolicyChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changes(before[key], after[key], path === "" ? key : `${path}.${key}`));
}

function listChanges(before: readonly unknown[], after: readonly unknown[], path: string): readonly PolicyChange[] {
  const [old, now] = [byName(before), byName(after)];
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].flatMap((name) => changes(old.get(name), now.get(name), `${path}[${JSON.stringify(name)}]`));
}

function byName(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(list.map((item, index) => [isSection(item) ? String(item.name) : String(index), item]));
}

/** What means the same is the same: 24h and 1d, 5% and 0.05. */
function sameValue(before: unknown, after: unknown): boolean {
  return JSON.stringify(meaning(before)) === JSON.stringify(meaning(after));
}

const milliseconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (isSection(value)) return Object.entries(value).map(([key, one]) => [key, meaning(one)]);
  if (typeof value !== "string") return value;
  const text = value.trim().replaceAll(/\s+/g, " ");
  const [, rate, amount, unit, share] = /^(?:([\d.]+) per )?(?:([\d.]+)([smhdw])|([\d.]+)(?:%|pp))$/.exec(text) ?? [];
  if (share !== undefined && rate === undefined) return Number((Number(share) / 100).toPrecision(12));
  if (amount === undefined || unit === undefined) return text;
  const seconds = Number(amount) * (milliseconds[unit] ?? 1);
  return rate === undefined ? `${seconds}s` : `${Number(rate)} per ${seconds}s`;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  if (Array.isArray(value)) return `[${value.map(textOf).join(", ")}]`;
  if (!isSection(value)) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${textOf(one)}`)
    .join(", ")} }`;
}
