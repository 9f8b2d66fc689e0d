type Values = Readonly<Record<string, unknown>>;

/** Sections whose keys exclude each other: a policy's own replaces the shared one whole. */
const whole: ReadonlySet<string> = new Set(["schedule"]);

function isSection(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function merge(shared: Values, own: Values, level: number): Values {
  const merged: [string, unknown][] = Object.entries(shared).filter(([key]) => !Object.hasOwn(own, key));
  for (const [key, value] of Object.entries(own)) {
    const below = Object.hasOwn(shared, key) ? shared[key] : undefined;
    const joins = isSection(value) && isSection(below) && !(level === 0 && whole.has(key));
    merged.push([key, joins ? merge(below, value, level + 1) : value]);
  }
  return Object.fromEntries(merged);
}

/**
 * A policy over what its folder shares. Sections join key by key, the policy's own value before the shared one; lists
 * and single values replace, and so does `schedule`. A shared `retrain` joins only a policy that has one: sharing a
 * cooldown must not make every model retrain.
 */
export function mergeDefaults(shared: Values, own: Values): Values {
  const { kind: _kind, retrain, ...rest } = shared;
  const joined = retrain !== undefined && Object.hasOwn(own, "retrain") ? { ...rest, retrain } : rest;
  return merge(joined, own, 0);
}
