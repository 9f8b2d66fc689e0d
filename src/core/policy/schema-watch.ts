import { z } from "zod";
import { higherIsBetter, type MetricName } from "../metrics/metric-names.ts";
import { duration, list, name, oneOf, rate, section, share } from "./schema-fields.ts";

const pattern = name("a feature's name or pattern");
const metricNames = Object.keys(higherIsBetter) as readonly MetricName[];

const features = section(
  "Which features alarm. exclude goes before observe, observe before watch; * is any run of characters.",
  {
    watch: list(pattern, "feature names or patterns")
      .describe("Features that alarm and spend the budget. Default ['*'].")
      .prefault(["*"]),
    observe: list(pattern, "feature names or patterns")
      .describe("Features that are shown and never alarm. Default: none.")
      .prefault([]),
    exclude: list(pattern, "feature names or patterns")
      .describe("Features that are left out. Default: none.")
      .prefault([]),
  },
);

const tests = section("Which tests are made for each kind of feature.", {
  numeric: list(oneOf("psi", "ks"), "tests", 2)
    .min(1, { error: "at least one test" })
    .describe("Default [psi, ks].")
    .prefault(["psi", "ks"]),
  categorical: list(oneOf("psi", "chi_square"), "tests", 2)
    .min(1, { error: "at least one test" })
    .describe("Default [psi, chi_square].")
    .prefault(["psi", "chi_square"]),
});

export const driftSection = section("When a feature counts as drifted.", {
  alarm_budget: rate("False alarms accepted in a span of time when nothing has changed. Default 1 per 30d.").prefault(
    "1 per 30d",
  ),
  features: features.prefault({}),
  tests: tests.prefault({}),
  floor: share("Share of rows that must have moved at least for a drift to matter. Default 5%.").prefault("5%"),
});

export const qualitySection = section("When input counts as broken.", {
  missing: section("Missing values.", {
    rise: share("Rise of a feature's share of missing values that counts as broken. Default 5pp.").prefault("5pp"),
  }).prefault({}),
});

export const performanceSection = section("Which metrics are measured on mature labels.", {
  metrics: list(z.enum(metricNames, { error: "the name of a metric, such as roc_auc" }), "metrics", 20)
    .describe("Metrics of one kind of model. Default: none.")
    .prefault([]),
  window: duration("Span of predictions that a metric is measured over. Default 7d.", "1m").prefault("7d"),
});
