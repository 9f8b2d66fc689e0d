import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

/** A number from 0 to 99 for each i, the same ones each time, without the order of i. */
const scattered = (i: number) => (i * 7_919) % 100;

/** Rows that a version was measured on: amounts from 0 to 99, plans a and b, a prediction and what came of it. */
export function holdoutRows(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const amount = scattered(i);
    return `h-${i},2026-01-01T00:00:00Z,1,${amount},${i % 3 === 0 ? "a" : "b"},${amount * 2},${amount * 2 + (i % 5) - 2}`;
  });
  return ["prediction_id,timestamp,model_version,amount,plan,prediction,label", ...lines].join("\n");
}

/** Predictions as they are logged, from an instant on; `shift` is what has happened to the world meanwhile. */
export function liveRows(count: number, from: Date, everyMs: number, shift: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const amount = scattered(i) + shift;
    const time = new Date(from.getTime() + i * everyMs);
    return `l-${time.getTime()}-${i},${time.toISOString()},1,${amount},${i % 3 === 0 ? "a" : "b"},${amount * 2}`;
  });
  return ["prediction_id,timestamp,model_version,amount,plan,prediction", ...lines].join("\n");
}

const policy = {
  apiVersion: "driftward/v1",
  kind: "Policy",
  model: "orders",
  owners: ["orders-team@example.com"],
  data: { settle: "0s" },
  schedule: { every: "1m" },
  window: { span: "1m", min_rows: 100 },
  drift: { alarm_budget: "1 per 30d" },
  rules: [{ name: "inputs drifted", when: "drift.share >= 0.5", severity: "warning", do: ["notify"] }],
  notify: { warning: [{ mail: "owners" }], critical: [{ mail: "owners" }] },
};

/** A folder as people set one up: driftward.yaml, a policy, and the version's holdout. */
export function setUpProject(folder: string, config: Readonly<Record<string, unknown>> = {}): void {
  mkdirSync(join(folder, "policies"), { recursive: true });
  const quick = { lock: "3s", stalled_every: "1s", lease: "2s", wake_every: "1s" };
  const log = { level: "info", file: "driftward.log" };
  writeFileSync(join(folder, "driftward.yaml"), stringify({ data: "data", queue: quick, log, ...config }));
  writeFileSync(join(folder, "policies/orders.yaml"), stringify(policy));
  writeFileSync(join(folder, "holdout.csv"), holdoutRows(2_000));
}
