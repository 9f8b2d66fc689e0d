import { describe, expect, test } from "@jest/globals";
import { bundlePolicy, unbundlePolicy } from "../../../src/core/policy/bundle.ts";
import { checkFeatures } from "../../../src/core/policy/check-conditions.ts";
import { checkDefaults, parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";

const day = 86_400_000;
const hour = 3_600_000;
const least = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [risk-ml@example.com]
rules:
  - name: inputs drifted
    when: drift.share >= 0.3
`;

function policyOf(source: string, defaults?: string): Policy {
  const shared = defaults === undefined ? undefined : { file: "defaults.yaml", source: defaults };
  const result = parsePolicy(source, "churn.yaml", shared);
  if ("policy" in result) return result.policy;
  throw new Error(JSON.stringify(result.problems));
}

test("fills in every default", () => {
  expect(policyOf(least)).toEqual({
    model: "churn",
    owners: ["risk-ml@example.com"],
    data: {
      columns: {},
      settleMs: 600_000,
      labels: { matureMs: 30 * day, minComplete: 0.95 },
      segments: [],
      sensitive: [],
    },
    baseline: { match: [] },
    schedule: { everyMs: 3_600_000 },
    window: { spanMs: day, minRows: 500 },
    drift: {
      alarmBudget: { count: 1, perMs: 30 * day },
      features: { watch: ["*"], observe: [], exclude: [] },
      tests: { numeric: ["psi", "ks"], categorical: ["psi", "chi_square"] },
      floor: 0.05,
    },
    quality: { missingRise: 0.05 },
    performance: { metrics: [], windowMs: 7 * day },
    rules: [
      {
        name: "inputs drifted",
        when: { source: "drift.share >= 0.3", place: { file: "churn.yaml", line: 7, column: 11 } },
        forMs: 0,
        severity: "warning",
        do: ["notify"],
        place: { file: "churn.yaml", line: 6, column: 5 },
      },
    ],
    evaluate: { gates: [], slices: [], minSliceRows: 200 },
    promote: { approval: "required", approvalExpiresMs: 14 * 86_400_000 },
    notify: { warning: ["risk-ml@example.com"], critical: ["risk-ml@example.com"], repeatMs: 24 * hour },
  } satisfies Policy);
});

test("parses every unit and every section", () => {
  const policy = policyOf(`${least}    for: 2d
    severity: critical
    do: [notify, retrain]
data:
  predictions: log
  columns: { prediction_id: id, score_gold: gold }
  settle: 0s
  labels: { mature: 2w, min_complete: 0.9, absent_means: 0 }
  segments: [country]
  sensitive: [postcode]
baseline: { of: champion, match: [] }
schedule: { cron: '0 6 * * *', timezone: Europe/Amsterdam }
window: { span: 36h, min_rows: 100 }
drift: { alarm_budget: 2 per 1w, features: { watch: [a, 'b_*'], observe: ['b_x'] }, tests: { numeric: [ks] }, floor: 10% }
quality: { missing: { rise: 2.5pp } }
performance: { metrics: [mae], window: 14d }
retrain: { trainer: churn, cooldown: 12h, budget: 3 per 10d, min_new_labels: 7, timeout: 90m }
evaluate: { gates: [candidate.mae.upper < 3.0], slices: [] }
promote: { approval: four_eyes, steps: [] }
notify: { warning: [], critical: [mail: owners, mail: boss@example.com, mail: risk-ml@example.com, webhook: pager], repeat: 8h }
`);
  expect(policy).toMatchObject({
    data: {
      columns: { prediction_id: "id", score_gold: "gold" },
      settleMs: 0,
      labels: { matureMs: 14 * day, minComplete: 0.9, absentMeans: 0 },
      segments: ["country"],
      sensitive: ["postcode"],
    },
    schedule: { cron: "0 6 * * *", timezone: "Europe/Amsterdam" },
    window: { spanMs: 1.5 * day, minRows: 100 },
    drift: {
      alarmBudget: { count: 2, perMs: 7 * day },
      features: { watch: ["a", "b_*"], observe: ["b_x"], exclude: [] },
      tests: { numeric: ["ks"], categorical: ["psi", "chi_square"] },
      floor: 0.1,
    },
    quality: { missingRise: 0.025 },
    performance: { metrics: ["mae"], windowMs: 14 * day },
    retrain: {
      trainer: "churn",
      cooldownMs: day / 2,
      budget: { count: 3, perMs: 10 * day },
      minNewLabels: 7,
      timeoutMs: 5_400_000,
    },
    evaluate: { gates: [{ source: "candidate.mae.upper < 3.0", place: { line: 25, column: 21 } }] },
    promote: { approval: "four_eyes" },
    notify: { warning: [], critical: ["risk-ml@example.com", "boss@example.com", "webhook:pager"], repeatMs: 8 * hour },
  });
});

test("reads a byte order mark and Windows' line ends", () => {
  expect(policyOf(`\uFEFF${least.replaceAll("\n", "\r\n")}`)).toEqual(policyOf(least));
});

test("refuses more than 256 KiB", () => {
  expect(parsePolicy(`${least}# ${"x".repeat(256 * 1024)}`, "big.yaml")).toMatchObject({
    problems: [{ message: "expected at most 256 KiB" }],
  });
});

test("pollutes nothing", () => {
  parsePolicy(`${least}data: { columns: { __proto__: { polluted: 1 } } }`, "churn.yaml");
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

describe("what a folder shares", () => {
  const shared = `apiVersion: driftward/v1
kind: PolicyDefaults
owners: [team@example.com]
schedule: { every: 6h }
window: { span: 7d, min_rows: 900 }
drift: { alarm_budget: 1 per 90d, features: { exclude: [id, row] } }
retrain: { cooldown: 9d, timeout: 1h }
`;
  const { rules, ...head } = {
    head: "apiVersion: driftward/v1\nkind: Policy\nmodel: churn\n",
    rules: least.slice(least.indexOf("rules:")),
  };
  const own = head.head + rules;

  test("is joined key by key, the policy's own value first; lists are replaced", () => {
    const policy = policyOf(`${own}window: { min_rows: 50 }\ndrift: { features: { exclude: [id] } }\n`, shared);
    expect(policy).toMatchObject({
      owners: ["team@example.com"],
      window: { spanMs: 7 * day, minRows: 50 },
      drift: { alarmBudget: { perMs: 90 * day }, features: { watch: ["*"], exclude: ["id"] } },
    });
  });

  test("a policy's own schedule replaces the shared one", () => {
    expect(policyOf(`${own}schedule: { cron: '0 6 * * *' }\n`, shared).schedule).toEqual({
      cron: "0 6 * * *",
      timezone: "UTC",
    });
    expect(policyOf(own, shared).schedule).toEqual({ everyMs: 21_600_000 });
  });

  test("a shared retrain section makes no model retrain that does not ask for it", () => {
    expect(policyOf(own, shared).retrain).toBeUndefined();
    const retraining = `${own}    do: [retrain]\nretrain: { trainer: churn }\nevaluate: { gates: [candidate.mae.upper < 3.0] }\n`;
    expect(policyOf(retraining, shared).retrain).toMatchObject({
      trainer: "churn",
      cooldownMs: 9 * day,
      timeoutMs: 3_600_000,
    });
  });

  test("travels with the policy in one text, and lines keep their numbers", () => {
    const defaults = { file: "defaults.yaml", source: shared };
    const bundle = bundlePolicy(own, defaults);
    expect(parsePolicy(bundle, "churn.yaml")).toEqual(parsePolicy(own, "churn.yaml", defaults));
    expect(unbundlePolicy(bundle)).toEqual({ own, defaults });
    expect(unbundlePolicy(own)).toEqual({ own });
  });

  test("its mistakes are told in its own file", () => {
    const wrong = shared.replace("min_rows: 900", "min_row: 900");
    const said = { place: { file: "defaults.yaml", line: 5, column: 21 }, message: 'unknown key "min_row"' };
    expect(parsePolicy(own, "churn.yaml", { file: "defaults.yaml", source: wrong })).toMatchObject({
      problems: [said],
    });
    expect(checkDefaults({ file: "defaults.yaml", source: wrong })).toMatchObject([said]);
    expect(checkDefaults({ file: "defaults.yaml", source: shared })).toEqual([]);
  });

  test("a mistake that the two make together is told where its value stands", () => {
    const result = parsePolicy(own, "churn.yaml", {
      file: "defaults.yaml",
      source: `${shared}baseline: { from: holdout, span: 9d }\n`,
    });
    expect(result).toMatchObject({
      problems: [{ place: { file: "defaults.yaml", line: 8, column: 28 }, message: "span goes with from: live only" }],
    });
  });

  test.each([
    ["model: churn", 'expected no model: defaults are for all models, got "churn"'],
    ["kind: Policy", 'expected "PolicyDefaults", got "Policy"'],
  ])("%s does not belong into it", (line, message) => {
    const source = shared.replace(/^kind:.*$/m, line.startsWith("kind") ? line : `kind: PolicyDefaults\n${line}`);
    expect(checkDefaults({ file: "defaults.yaml", source })).toMatchObject([{ message }]);
  });
});

describe("once the model's features are known", () => {
  const policy = policyOf(
    `${least.replace("drift.share >= 0.3", "\"drift.feature('incmoe').drifted || drift.feature('country').ks > 0.2\"")}`,
  );
  test("rules that name others are told", () => {
    expect(checkFeatures(policy, { income: "numeric", country: "categorical" })).toEqual([
      {
        place: { file: "churn.yaml", line: 7, column: 26 },
        message: 'the model has no feature "incmoe"',
        hint: 'did you mean "income"?',
        severity: "error",
      },
      {
        place: { file: "churn.yaml", line: 7, column: 72 },
        message: "ks is not made for categorical features",
        hint: "add it to drift.tests, or ask for a test that is there",
        severity: "error",
      },
    ]);
    expect(checkFeatures(policy, { incmoe: "numeric", country: "numeric" })).toEqual([]);
  });
});
