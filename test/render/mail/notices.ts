import type { Finding } from "../../../src/core/drift/finding.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { MailNotice, Notice } from "../../../src/core/notice.ts";
import type { PolicyNotice } from "../../../src/core/policy/notice.ts";
import type { RunNotice } from "../../../src/core/run/notice.ts";
import type { WatchNotice } from "../../../src/core/run/watch-notice.ts";

export const instance = "2f1c9a7e-0b1d-4c3e-9a55-6d1f0e8b7a21";

const income: Finding = {
  feature: "income",
  segment: "",
  test: "psi",
  statistic: 0.3142,
  lower: 0.3142,
  upper: 0.3142,
  pValue: 1e-12,
  pCorrected: 4e-11,
  limit: 0.0213,
  n: 250_000,
  m: 48_210,
  moved: 0.312,
  movedAtLeast: 0.298,
  drifted: true,
  direction: "median 41.2 → 52.4, middle half 30.1 to 55.3 → 38 to 71.5",
  evidence: {
    kind: "numeric",
    labels: [
      "<= 20",
      "(20, 27]",
      "(27, 33]",
      "(33, 38]",
      "(38, 41]",
      "(41, 46]",
      "(46, 52]",
      "(52, 61]",
      "(61, 80]",
      "> 80",
      "missing",
    ],
    baseline: [25_010, 24_990, 25_000, 25_000, 25_000, 25_000, 25_000, 25_000, 25_000, 25_000, 40],
    window: [1_500, 2_100, 3_000, 3_600, 4_100, 4_900, 5_600, 6_600, 7_400, 9_400, 10],
  },
};

const weather: Finding = {
  ...income,
  feature: "weather_at_the_station_of_departure",
  test: "chi_square",
  statistic: 4_321.5,
  lower: 4_321.5,
  upper: 4_321.5,
  limit: 14.9,
  moved: 0.221,
  movedAtLeast: 0.205,
  direction: "clear: 63 % → 41 %, mist: 25 % → 38 %, snow: 2 % → 11 %",
  evidence: {
    kind: "categorical",
    labels: ["clear", "mist", "rain", "snow", "other", "missing"],
    baseline: [157_500, 62_500, 25_000, 5_000, 0, 0],
    window: [19_766, 18_320, 4_821, 5_303, 0, 0],
  },
};

/** As it is after the values of a sensitive feature were taken out. */
const postcode: Finding = {
  ...weather,
  feature: "postcode",
  moved: 0.08,
  movedAtLeast: 0.06,
  direction: undefined,
  evidence: { kind: "categorical", labels: [], baseline: [], window: [] },
};

const base: IncidentNotice = {
  about: "incident",
  kind: "opened",
  model: "churn/NL",
  version: "2026-03",
  incident: 12,
  severity: "warning",
  rule: {
    rule: "inputs drifted",
    segment: "",
    outcome: "holds",
    severity: "warning",
    when: 'drift.share >= 0.3 || drift.feature("income").drifted',
    place: "policies/churn.yaml:17:11",
    values: { "drift.share": 0.1875, 'drift.feature("income").drifted': true },
    reason: undefined,
    forMs: 172_800_000,
    do: ["notify"],
  },
  policy: { path: "policies/churn.yaml", commit: "3f2c9ab11d0e4f6a8b7c5d4e3f2a1b0c9d8e7f6a", revision: 7 },
  window: { start: "2026-05-03T00:00:00.000Z", end: "2026-05-04T00:00:00.000Z", rows: 48_210 },
  baselineRows: 250_000,
  openedAt: "2026-05-04T00:10:00.000Z",
  findings: [income, weather, postcode],
  testedFeatures: 16,
  driftedFeatures: 3,
  quality: [],
  performance: [],
  withoutPerformance: "only 1204 of 48210 mature predictions have labels",
  budget: { count: 1, perMs: 2_592_000_000 },
  did: [],
  resolution: undefined,
};

const fell: IncidentNotice = {
  ...base,
  model: "bikes",
  version: "1",
  incident: 7,
  severity: "critical",
  rule: {
    ...base.rule,
    rule: "error rose",
    severity: "critical",
    when: "performance.mae.rise.lower > 10.0",
    place: "policies/bikes.yaml:31:11",
    values: { "performance.mae.rise.lower": 41.93 },
    forMs: 0,
    do: ["notify", "retrain"],
  },
  policy: { path: "policies/bikes.yaml", commit: undefined },
  findings: [weather],
  driftedFeatures: 1,
  testedFeatures: 11,
  performance: [
    {
      metric: "mae",
      now: { value: 92.34, lower: 90.1, upper: 94.6, n: 672 },
      promised: { value: 48.12, lower: 46.9, upper: 49.3, n: 2_208 },
    },
    {
      metric: "rmse",
      now: { value: 131.02, lower: 126.4, upper: 135.6, n: 672 },
      promised: { value: 70.4, lower: 68.1, upper: 72.7, n: 2_208 },
    },
    { metric: "mape", now: { reason: "expected at least 2 rows, got 0" }, promised: undefined },
  ],
  withoutPerformance: undefined,
  did: ["Retraining started: run 3."],
};

const watch: WatchNotice = {
  about: "watch",
  kind: "kept",
  model: "bikes",
  version: "r3",
  promotedAt: "2012-05-06T04:00:00.000Z",
  watchedUntil: "2012-06-20T04:00:00.000Z",
  run: 3,
  incident: 7,
  reason: "12 checks found the promise kept",
  place: "policies/bikes.yaml:44:23",
  metrics: [
    {
      metric: "mae",
      promised: { value: 55.2, lower: 53.4, upper: 57.1 },
      now: { value: 54.03, lower: 51.2, upper: 56.9 },
    },
  ],
};

const run: RunNotice = {
  about: "run",
  kind: "promoted",
  model: "bikes",
  run: 3,
  incident: 7,
  policy: {
    path: "policies/churn.yaml",
    commit: "3f2c9ab11d0e4f6a8b7c5d4e3f2a1b0c9d8e7f6a",
    revision: 7,
    place: "policies/churn.yaml:31:11",
  },
  reason: 'INC-7, rule "error rose"',
  trainer: "bikes",
  champion: "1",
  candidate: "r3",
  trainingRows: 11_040,
  evaluationRows: 2_016,
  evaluatedFrom: "2012-02-11T00:00:00.000Z",
  evaluatedTo: "2012-05-05T00:00:00.000Z",
  metrics: [
    {
      metric: "mae",
      champion: { value: 92.34, lower: 90.1, upper: 94.6 },
      candidate: { value: 55.2, lower: 53.4, upper: 57.1 },
      difference: { value: -37.14, lower: -39.5, upper: -34.8 },
    },
    {
      metric: "r2",
      champion: { value: 0.512, lower: 0.488, upper: 0.535 },
      candidate: { value: 0.811, lower: 0.797, upper: 0.824 },
      difference: undefined,
    },
  ],
  gates: [
    { gate: "difference.mae.upper < 0.0", outcome: "pass", reason: "difference.mae.upper = -34.8" },
    { gate: "candidate.mae.value <= 80.0", outcome: "pass", reason: "candidate.mae.value = 55.2" },
  ],
  outcome: "version r3 is champion; it closed INC-7",
};

const refused: PolicyNotice = {
  about: "policy",
  kind: "refused",
  model: "churn",
  others: 0,
  refused: {
    path: "policies/churn.yaml",
    commit: "9d8e7f6a3f2c9ab11d0e4f6a8b7c5d4e3f2a1b0c",
    author: "Ada Lovelace <ada@example.com>",
  },
  problems: [
    {
      place: { file: "policies/churn.yaml", line: 14, column: 3 },
      message: 'unknown key "alarm_budgets"',
      hint: 'did you mean "alarm_budget"?',
      severity: "error",
    },
    {
      place: { file: "policies/churn.yaml", line: 21, column: 25 },
      message: "roc_auc is not among performance.metrics",
      hint: "add it to performance.metrics",
      severity: "error",
    },
  ],
  problemCount: 5,
  inForce: {
    path: "policies/churn.yaml",
    commit: "3f2c9ab11d0e4f6a8b7c5d4e3f2a1b0c9d8e7f6a",
    author: "Grace Hopper <grace@example.com>",
    seq: 7,
    since: "2026-03-01T09:30:00.000Z",
  },
};

const broken: IncidentNotice = {
  ...base,
  severity: "critical",
  rule: {
    ...base.rule,
    rule: "input broken",
    severity: "critical",
    when: "quality.count > 0.0",
    place: "built in",
    values: { "quality.count": 2 },
    forMs: 0,
  },
  findings: [],
  driftedFeatures: 0,
  quality: [
    {
      feature: "income",
      segment: "",
      kind: "missing rose",
      severity: "critical",
      message: "income is missing in 31 % of rows, 0 % in the baseline",
    },
    {
      feature: "plan",
      segment: "",
      kind: "vanished",
      severity: "critical",
      message: "plan has no value in any of 48210 rows",
    },
    { feature: "age", segment: "", kind: "constant", severity: "notice", message: "age is 0 in every row" },
  ],
  withoutPerformance: "no mature predictions yet",
};

/** One notice for each kind of mail, by the name of its golden files. */
export const notices: Readonly<Record<string, Notice>> = {
  "policy-refused": refused,
  "drift-opened": {
    ...base,
    did: ["Retraining refused: the cooldown of 1d after the last run lasts until 2026-05-05T06:00:00.000Z."],
  },
  "performance-opened": fell,
  "broken-input": broken,
  "broken-input-joined": {
    ...broken,
    kind: "joined",
    model: "churn/DE",
    did: ["churn/DE joined INC-12, which stands for all models of source warehouse."],
    shared: { source: "source warehouse", models: ["churn/NL", "churn/DE"], left: [] },
  },
  "drift-superseded": {
    ...base,
    ...{ kind: "resolved", did: [], resolution: "superseded: version 8 is champion", asLastTold: true },
  },
  "drift-resolved": {
    ...base,
    kind: "resolved",
    findings: [],
    driftedFeatures: 0,
    rule: { ...base.rule, outcome: "quiet", values: { "drift.share": 0, 'drift.feature("income").drifted': false } },
    resolution: "the rule no longer holds",
  },
  "segment-opened": {
    ...base,
    model: "churn",
    rule: { ...base.rule, segment: "country=NL", place: "policies/churn.yaml:23:11" },
    findings: [weather],
    driftedFeatures: 1,
  },
  "rule-withdrawn": { ...base, kind: "resolved", resolution: "the policy has no such rule any more" },
  "run-promoted": run,
  "run-rejected": {
    ...run,
    kind: "rejected",
    gates: [
      { gate: "difference.mae.upper < 0.0", outcome: "fail", reason: "difference.mae.upper = 2.4" },
      { gate: "candidate.mape.upper < 0.4", outcome: "inconclusive", reason: "candidate.mape.upper is not known" },
    ],
    outcome: "rejected: gate difference.mae.upper < 0.0 failed",
  },
  "run-approval": {
    ...run,
    kind: "approval",
    incident: undefined,
    reason: "asked for by hand: new sensors",
    outcome: "every gate passed; version r3 waits for your word",
  },
  "version-rolled-back": {
    about: "version",
    kind: "rolled-back",
    model: "bikes",
    version: "r3",
    to: "1",
    toServedFrom: "2012-01-01T00:00:00.000Z",
    promotedAt: "2012-05-06T04:00:00.000Z",
    run: 3,
    by: undefined,
    reason: "performance.mae.lower > promised.mae.upper (performance.mae.lower = 61.2, promised.mae.upper = 57.1)",
    place: "policies/bikes.yaml:44:23",
    metrics: [
      {
        metric: "mae",
        promised: { value: 55.2, lower: 53.4, upper: 57.1 },
        now: { value: 64.03, lower: 61.2, upper: 66.9 },
      },
      { metric: "mape", promised: { value: 0.41, lower: 0.39, upper: 0.43 }, now: undefined },
    ],
    closed: [9, 10],
  },
  "watch-kept": watch,
  "watch-unverified": {
    ...watch,
    kind: "unverified",
    reason: "no mature predictions yet",
    incident: undefined,
    metrics: [],
  },
  "watch-stuck": {
    ...watch,
    kind: "stuck",
    reason: "performance.mae.lower > promised.mae.upper (performance.mae.lower = 61.2, promised.mae.upper = 57.1)",
    against: "versions 2, 1, which served before, may not serve again until a person lifts it",
    blocked: ["2", "1"],
  },
  "run-failed": {
    ...run,
    kind: "failed",
    candidate: undefined,
    metrics: [],
    gates: [],
    log: {
      lines: [
        "reading training.parquet: 11040 rows",
        "Traceback (most recent call last):",
        '  File "/srv/trainers/bikes/train.py", line 3, in <module>',
        "    import bikes",
        "ModuleNotFoundError: No module named 'bikes'",
      ],
    },
    outcome: "the trainer exited with 7: ModuleNotFoundError: No module named 'bikes'",
  },
};

/** All that mails are written of. */
export const mailNotices: Readonly<Record<string, MailNotice>> = {
  ...notices,
  digest: {
    about: "digest",
    kind: "digest",
    dueAt: "2026-05-05T06:00:00.000Z",
    entries: [
      { state: "firing", acknowledgedBy: undefined, notice: { ...base, kind: "repeated" } },
      {
        state: "acknowledged",
        acknowledgedBy: "ada@example.com",
        notice: { ...broken, model: "bikes", incident: 14, severity: "warning" },
      },
      {
        state: "resolved",
        acknowledgedBy: undefined,
        notice: { ...base, model: "churn/DE", incident: 9, kind: "resolved", resolution: "the rule no longer holds" },
      },
    ],
  },
};
