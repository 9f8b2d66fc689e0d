import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { checkJson } from "../../src/render/check-report.ts";
import { windowsJson } from "../../src/render/windows-report.ts";
import { finding } from "../core/drift/sides.ts";
import { sampleReport, sampleWindows } from "./sample-report.ts";

const share = z.number().min(0).max(1);
const rows = z.number().min(0);
const verdict = z.enum(["ok", "warning", "critical", "inconclusive"]);
const optional = z.number().nullable();
const interval = { value: optional, lower: optional, upper: optional };

const findings = z.array(
  z.strictObject({
    feature: z.string(),
    segment: z.string().describe("name=value; empty for all rows"),
    test: z.enum(["psi", "ks", "chi_square"]),
    statistic: z.number().min(0),
    lower: z.number().min(0).describe("of the statistic: less than upper where counts alone were read"),
    upper: z.number().min(0),
    p_value: share.nullable(),
    p_corrected: share.nullable().describe("by Holm, over all findings"),
    limit: optional.describe("null where there is nothing to tell apart"),
    n: rows.describe("rows of the baseline, divided by the design effect"),
    m: rows.describe("the same of the live side"),
    moved: share.describe("total variation: share of rows that would have to move to be as before"),
    moved_at_least: share.describe("lower end of its 95 % interval"),
    moved_estimate: share.nullable().describe("what is left of moved without chance: compared with the floor"),
    drifted: z.boolean(),
    observed: z.boolean().describe("told of, and counts for nothing"),
    direction: z.string().nullable().describe("what moved where, in words"),
  }),
);
const quality = z.array(
  z.strictObject({
    feature: z.string(),
    segment: z.string(),
    kind: z.string(),
    severity: z.enum(["critical", "notice"]),
    message: z.string(),
  }),
);
const rules = z.array(
  z.strictObject({
    rule: z.string(),
    segment: z.string(),
    outcome: z.enum(["holds", "quiet", "inconclusive"]),
    severity: z.enum(["warning", "critical"]),
    when: z.string(),
    values: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
    reason: z.string().nullable(),
    for_ms: z.number(),
    place: z.string(),
  }),
);
const explanation = z.strictObject({
  sentence: z.string(),
  conditions: z.array(z.strictObject({ feature: z.string(), is: z.string() })),
  explained: share.nullable(),
  share_before: share.nullable(),
  share_now: share.nullable(),
  features: z.array(z.string()),
  since: z.string().nullable(),
});
const check = z.strictObject({
  schema: z.literal("driftward/check/v1"),
  verdict,
  reason: z.string().nullable().describe("why it is inconclusive"),
  rules,
  window: z.strictObject({ start: z.string().optional(), end: z.string().optional(), rows }),
  baseline: z.strictObject({ rows, version: z.string().optional() }),
  findings,
  explanation: explanation.nullable().describe("which rows carry the drift"),
  quality,
  segments: z.array(z.strictObject({ segment: z.string(), rows, baseline_rows: rows, reason: z.string().nullable() })),
  quarantined: z
    .strictObject({ hours: z.number(), by: z.array(z.strictObject({ number: z.number(), reason: z.string() })) })
    .nullable(),
  performance: z.record(
    z.string(),
    z.strictObject({
      ...interval,
      n: rows,
      reason: z.string().nullable(),
      promised: z.strictObject(interval).nullable(),
    }),
  ),
});
const windows = z.strictObject({
  schema: z.literal("driftward/check-windows/v1"),
  verdict,
  by: z.enum(["hour", "day", "week"]),
  baseline: z.strictObject({ rows }),
  quality,
  windows: z.array(check),
});

const asPrinted = (value: object): unknown => JSON.parse(JSON.stringify(value));

describe.each([
  ["check.v1.json", "driftward check --json, driftward/check/v1", check],
  ["check-windows.v1.json", "driftward check --by … --json, driftward/check-windows/v1", windows],
] as const)("docs/schema/%s", (name, title, schema) => {
  test("is fresh (UPDATE_FIXTURES=1 writes it)", () => {
    const file = new URL(`../../docs/schema/${name}`, import.meta.url);
    const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-7" });
    const now = `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
    if (process.env.UPDATE_FIXTURES === "1") writeFileSync(file, now);
    expect(readFileSync(file, "utf8")).toBe(now);
  });
});

test("what is printed keeps to it, all optional parts there or not", () => {
  const full = sampleReport(4);
  const outcome = {
    rule: "r",
    segment: "",
    outcome: "holds",
    severity: "warning",
    when: "drift.share > 0",
    forMs: 0,
  } as const;
  const more = {
    ...full,
    outcomes: [{ ...outcome, values: { "drift.share": 0.5 }, reason: undefined, place: "p.yaml:1:1", do: [] }],
    segments: [{ segment: "country=NL", rows: 10, baselineRows: 20, without: "too few rows" }],
    quarantined: { hours: 2, by: [{ number: 1, reason: "a bug" }] },
    performance: [{ metric: "roc_auc", now: { reason: "no labels" }, promised: undefined }],
  } as unknown as Parameters<typeof checkJson>[0];
  const bare = { ...full, explanation: undefined, findings: [finding({ pValue: undefined, limit: undefined })] };
  for (const report of [full, more, bare]) {
    const printed = asPrinted(checkJson(report));
    expect(check.parse(printed)).toEqual(printed);
  }
  const printed = asPrinted(windowsJson(sampleWindows()));
  expect(windows.parse(printed)).toEqual(printed);
  expect(check.safeParse({ ...(asPrinted(checkJson(full)) as object), more: 1 }).success).toBe(false);
});
