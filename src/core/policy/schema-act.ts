import { z } from "zod";
import { checkModelName } from "../prediction/model-name.ts";
import { parseStep } from "./promotion-step.ts";
import { condition, duration, list, name, oneOf, parsed, rate, section, wholeNumber } from "./schema-fields.ts";
import { plannedSpans } from "./schema-notify.ts";

export const modelName = z
  .string({ error: "a model's name such as churn" })
  .refine(
    (text) => {
      try {
        checkModelName(text);
        return true;
      } catch {
        return false;
      }
    },
    { error: "a model's name such as churn or churn/NL" },
  )
  .describe("The model that this policy governs.");

export const ownersSection = list(
  z.email({ pattern: z.regexes.html5Email, error: "an e-mail address such as risk-ml@example.com" }),
  "e-mail addresses",
  50,
);

const rule = section("A named condition and what follows when it holds.", {
  name: name("a rule's name", 100).describe("Unique in this policy; incidents carry it."),
  when: condition("CEL over rows, drift, quality and performance, such as drift.share >= 0.3."),
  for: duration(
    "How long the condition must hold before an incident opens. A check that holds speaks for its whole window, so that one check is enough for a time up to window.span. Default 0s: at once.",
    "0s",
  ).prefault("0s"),
  severity: oneOf("warning", "critical").describe("Default warning.").prefault("warning"),
  do: list(oneOf("notify", "retrain"), "actions", 2)
    .min(1, { error: "at least one action" })
    .describe("Default [notify].")
    .prefault(["notify"]),
  per: name("a column of data.segments", 200)
    .describe(
      "A column of data.segments: the rule is asked of each value apart (the 20 most frequent of the baseline), each with its own incident. Default: of all rows.",
    )
    .optional(),
});

export const rulesSection = list(rule, "rules", 100)
  .min(1, { error: "at least one rule" })
  .describe("What is alarmed about.");

export const retrainSection = section("How and how often the model is trained anew. Default: never.", {
  trainer: name("a trainer's name", 100).describe("A trainer of the operator's driftward.yaml."),
  with: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean()], { error: "a text, a number, or true or false" }),
      {
        error: "parameters by name",
      },
    )
    .describe("Values for parameters that the trainer declares. Default: its own defaults.")
    .optional(),
  cooldown: duration("Least time between two runs. Default 24h.", "0s").prefault("24h"),
  budget: rate("Runs in a span of time. Default 4 per 30d.").prefault("4 per 30d"),
  min_new_labels: wholeNumber("Labels that must have come in since the last run. Default 0.").prefault(0),
  timeout: duration("A training that takes longer is stopped. Default 2h.").prefault("2h"),
  freeze: plannedSpans("A planned span of time in which no run starts.", "spans of a freeze")
    .describe(
      "Planned spans of time in which no run starts; a run under way goes on, its promotion too. Default: none.",
    )
    .optional(),
});

export const evaluateSection = section("What a candidate must meet.", {
  gates: list(
    condition(
      "CEL over candidate, champion and difference, also of recent, drifted and slices, and over distance, such as difference.roc_auc.lower >= -0.01.",
    ),
    "gates",
    50,
  )
    .describe("All must pass. Default: none.")
    .prefault([]),
  slices: list(name("a segment column"), "segment columns", 20)
    .describe(
      "Columns of data.segments, none of them sensitive, whose every segment is measured by itself; gates ask for the worst as slices. Default: none.",
    )
    .prefault([]),
  min_slice_rows: wholeNumber(
    "Rows of the holdout that a slice needs; smaller ones are told and not judged. Default 200.",
  ).prefault(200),
});

export const promoteSection = section("How a candidate becomes champion.", {
  approval: oneOf("none", "required", "four_eyes")
    .describe(
      "Who approves: none, required: one approver, four_eyes: two, neither of whom asked for the run. Default required.",
    )
    .prefault("required"),
  approval_expires: duration("How long a candidate waits for approval; then the run ends. Default 14d.", "1m").prefault(
    "14d",
  ),
  steps: z
    .array(
      z.string({ error: "a step such as shadow 24h" }).transform(
        parsed(
          parseStep,
          () => undefined,
          () => "write shadow 24h",
        ),
      ),
      { error: "a list of steps such as [shadow 24h]" },
    )
    .max(1, { error: "one step, such as [shadow 24h]" })
    .describe(
      "`shadow` and how long, such as [shadow 24h]: the candidate predicts beside the champion, unseen, before it serves. Default: none.",
    )
    .optional(),
  evaluation_rows: oneOf("compared", "required")
    .describe(
      "Predictions that the challenger logs in shadow for its run's evaluation rows (driftward shadow RUN --evaluation-rows FILE) must be those of its trainer's file; one that differs ends the run. compared: those that are logged, of whom none need be. required: the run ends at the end of the shadow unless 95 % of the rows are logged. Default compared.",
    )
    .prefault("compared"),
  hooks: z
    .union([name("a hook's name", 64), list(name("a hook's name", 64), "names of hooks", 20)], {
      error: "a hook of driftward.yaml, or a list of them",
    })
    .describe("Hooks of the operator's driftward.yaml that deploy the candidate, in this order. Default: none.")
    .optional(),
  rollback: section(
    "What takes a promoted version back: what its gates measured is a promise it is held to. Default: nothing.",
    {
      when: condition("CEL over performance and promised, such as performance.roc_auc.upper < promised.roc_auc.lower."),
      within: duration("How long the promise is held; longer than labels need to mature. No default.", "1m"),
    },
  ).optional(),
});

const oneValue = z.union([name("a value", 100), z.int({ error: "a whole number" })], {
  error: "a value such as NL or 3",
});

export const forEachSection = z
  .record(name("a column's name"), list(oneValue, "values").min(1, { error: "at least one value" }), {
    error: "a column with its values, such as country: [NL, DE]",
  })
  .describe(
    "One model per value, named model/value such as churn/NL, each with its own rows, champion, incidents, runs and budget: rows are ingested under that name. One column. Default: one model for all rows.",
  );
