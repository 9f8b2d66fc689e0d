/** Where a record and what was computed again differ. */
export interface RecordDifference {
  readonly path: string;
  readonly recorded: unknown;
  readonly recomputed: unknown;
}

export interface RecordComparison {
  /** To the bit; `nearly`: numbers differ in the last digits, as another build may round them. */
  readonly same: "exactly" | "nearly" | "no";
  readonly differences: readonly RecordDifference[];
}

/** Numbers this near, relative to their size, are rounded differently and mean the same. */
const rounding = 1e-9;

/** Differences that are listed. */
const listed = 50;

/**
 * Compares a record, as it comes back from JSON, with what was computed again. A field that is undefined is not there,
 * and times are told as ISO texts.
 */
export function compareRecord(recorded: unknown, recomputed: unknown): RecordComparison {
  const found = { nearly: false, differences: [] as RecordDifference[] };
  visit(plain(recorded), plain(recomputed), "", found);
  const same = found.differences.length > 0 ? "no" : found.nearly ? "nearly" : "exactly";
  return { same, differences: found.differences };
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function visit(
  recorded: unknown,
  recomputed: unknown,
  path: string,
  found: { nearly: boolean; readonly differences: RecordDifference[] },
): void {
  if (Object.is(recorded, recomputed) || found.differences.length >= listed) return;
  if (typeof recorded === "number" && typeof recomputed === "number") {
    const apart = Math.abs(recorded - recomputed);
    if (apart > rounding * Math.max(Math.abs(recorded), Math.abs(recomputed)))
      found.differences.push({ path, recorded, recomputed });
    else found.nearly ||= apart > 0;
    return;
  }
  if (!isObject(recorded) || !isObject(recomputed) || Array.isArray(recorded) !== Array.isArray(recomputed)) {
    found.differences.push({ path, recorded, recomputed });
    return;
  }
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(recomputed)])) {
    const below = Array.isArray(recorded) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    visit(own(recorded, key), own(recomputed, key), below, found);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
