import type { Past, ReplayPorts } from "../../../src/actions/replay/past.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import type { Counts, FeatureCounts, NumericBins, Profile } from "../../../src/core/profile/bins.ts";
import { encodeCounts } from "../../../src/core/profile/counts-codec.ts";
import type { StoredHour } from "../../../src/core/replay/sliding-counts.ts";
import type { LogFileRow } from "../../../src/ports/state.ts";

const hourMs = 3_600_000;
export const start = new Date("2024-01-01T00:00:00Z");

/** Pseudo-random numbers in [0, 1), the same at every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/**
 * The past of a model as a replay sees it: hours of stored counts of numeric features, one file an hour, and no rows
 * behind them. From hour `shiftAt` on, the first third of the features moves.
 */
export function manyHours(options: {
  readonly features: number;
  readonly hours: number;
  readonly rowsAnHour: number;
  readonly shiftAt?: number;
}): { readonly past: Past; readonly ports: ReplayPorts } {
  const { features, hours, rowsAnHour, shiftAt = Number.POSITIVE_INFINITY } = options;
  const random = numbers(7);
  const bins: readonly NumericBins[] = Array.from({ length: features }, (_, i) => ({
    kind: "numeric",
    name: `x${i}`,
    edges: Float64Array.from({ length: 200 }, (_, k) => (k + 1) / 201),
    binEdges: [20, 40, 60, 80, 100, 120, 140, 160, 180],
  }));
  const counted = (rows: number, shifted: boolean): Counts => ({
    rows,
    features: bins.map((_, i): FeatureCounts => {
      const cells = new Float64Array(401);
      for (let row = 0; row < rows; row += 1) {
        const value = random();
        const moved = shifted && i < features / 3 ? value * 0.8 : value;
        const cell = 2 * Math.floor(moved * 201);
        cells[cell] = (cells[cell] ?? 0) + 1;
      }
      return { cells, missing: 0, invalid: 0, positiveInfinity: 0, negativeInfinity: 0, minimum: 0, maximum: 1 };
    }),
  });
  const profile: Profile = { bins, counts: counted(20_000, false) };
  const timeOf = (hour: number) => new Date(start.getTime() + hour * hourMs);
  const stored: readonly StoredHour[] = Array.from({ length: hours }, (_, hour) => ({
    hour: timeOf(hour).getTime(),
    seq: hour + 1,
    counts: encodeCounts(counted(rowsAnHour, hour >= shiftAt)),
  }));
  const files = stored.map(({ hour, seq }): LogFileRow => {
    const at = new Date(hour);
    const day = at.toISOString().slice(0, 10);
    const names = { id: `f${seq}`, modelId: "m", ingestId: `i${seq}`, path: `f${seq}`, sha256: "" };
    return {
      ...names,
      seq,
      kind: "predictions",
      day,
      rowCount: rowsAnHour,
      firstAt: at,
      lastAt: new Date(hour + hourMs - 1),
    };
  });
  const past = {
    model: { id: "m", name: "many", task: "regression" },
    promotions: [{ at: new Date(start.getTime() - 1), version: "1", versionId: "v1", baselineId: "b1" }],
    runs: [],
    predictions: files,
    labels: [],
    knownAt: (at: Date) => Math.max(0, Math.floor((at.getTime() - start.getTime()) / hourMs)),
    quarantines: [],
    checkOf: () => undefined,
    version: async () => ({ id: "v1", name: "1" }),
    baseline: async () => ({ id: "b1", metrics: {}, rowCount: 20_000 }),
    profile: async () => profile,
    hours: async (_baseline: string, segment: string) => (segment === "" ? stored : []),
  } as unknown as Past;
  const ports = {
    state: { versions: {}, baselines: {}, log: {}, counts: {} },
    trainers: new Map(),
    log: { baselinePath: () => "", locate: () => "" },
    // No rows stand behind the counts: a distance that only they could tell is taken as short of its limit.
    engine: { exactKolmogorovSmirnov: async () => ({ statistic: 0 }) },
  };
  return { past, ports: ports as unknown as ReplayPorts };
}

/** An hourly policy over these features. */
export function hourlyPolicy(more = "") {
  const parsed = parsePolicy(
    `apiVersion: driftward/v1
kind: Policy
model: many
owners: [a@example.com]
schedule: { every: 1h }
window: { span: 24h, min_rows: 100 }
drift: { alarm_budget: 1 per 30d }
rules:
  - { name: inputs drifted, when: drift.share >= 0.3, for: 2d, severity: warning, do: [notify] }
${more}`,
    "many.yaml",
  );
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}
