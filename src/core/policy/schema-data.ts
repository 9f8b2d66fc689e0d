import { z } from "zod";
import { isClassScore, isContractName } from "../prediction/contract.ts";
import { duration, list, name, oneOf, section, share, wholeNumber } from "./schema-fields.ts";

const columnName = name("a column's name");

const mappedName = z.string().refine((key) => isContractName(key) || isClassScore(key), {
  error:
    "a name of the contract: prediction_id, timestamp, model_version, prediction, score, score_<class>, entity_id, label or label_timestamp",
});

const labels = section("How labels come back.", {
  mature: duration(
    "Age at which a prediction's labels are complete; younger cohorts are never judged. Default 30d.",
    "0s",
  ).prefault("30d"),
  min_complete: share(
    "Share of a window's predictions that must have a label before it is judged. Default 95%.",
  ).prefault("95%"),
  absent_means: z
    .union([z.number(), z.string()], { error: "the label that silence stands for, such as 0" })
    .describe(
      "The label of a mature prediction that got none, where silence is an outcome. No default: it has no label.",
    )
    .optional(),
});

export const dataSection = section("Where predictions and labels come from.", {
  predictions: z
    .union(
      [
        z.literal("log"),
        z.strictObject({
          files: z
            .string()
            .min(1)
            .describe("A pattern such as lake/churn/*.parquet, in a folder that driftward.yaml allows."),
        }),
        z.strictObject({ source: z.string().min(1).describe("The name of a source of driftward.yaml.") }),
      ],
      { error: "log, {files: …} or {source: …}" },
    )
    .describe(
      "Where predictions come from. Default log: what is ingested. Files and sources are taken in by themselves, with data.columns, and then are in the log as well.",
    )
    .prefault("log"),
  columns: z
    .record(mappedName, columnName, { error: "a mapping of contract name to column, such as prediction_id: id" })
    .describe("Contract name to the column that holds it, where names differ. Default: none differ.")
    .prefault({}),
  settle: duration("How late rows may be before a window is checked. Default 10m.", "0s").prefault("10m"),
  labels: labels.prefault({}),
  segments: list(columnName, "column names", 20)
    .describe("Columns whose values become segments. Default: none.")
    .prefault([]),
  sensitive: list(columnName, "column names")
    .describe("Columns whose values never leave in mails, reports and webhooks. Default: none.")
    .prefault([]),
});

export const baselineSection = section("What a window is compared with.", {
  of: oneOf("champion").describe("Default champion: the baseline of the version that serves.").prefault("champion"),
  from: oneOf("training", "holdout", "live")
    .describe(
      "What the baseline has to be: training, the rows that were given with the version; holdout, rows that it was evaluated on, with labels; live, the first rows that it served as champion, and until those are gathered what there is. Default: what there is.",
    )
    .optional(),
  span: duration(
    "With from: live: how long rows are gathered from when the version became champion, or from its first row. Default: nine windows, one more than limits need that are not provisional; more of them where `match` takes some, and then whole weeks with weekday.",
    "1m",
  ).optional(),
  match: list(oneOf("weekday", "hour"), "weekday or hour", 2)
    .describe(
      "Calendars, in UTC, of which the baseline takes the window's mix: seasons are no drift then. Default: none.",
    )
    .prefault([]),
});

export const scheduleSection = section("When windows are checked: one of every, cron and batch. Default every: 1h.", {
  every: duration("A check at every multiple of this span.", "1m").optional(),
  cron: z
    .string({ error: 'a cron expression such as "0 6 * * *"' })
    .describe("A cron expression, read in `timezone`.")
    .optional(),
  timezone: z
    .string({ error: "an IANA time zone such as Europe/Amsterdam" })
    .describe("Time zone of `cron`. Default UTC.")
    .optional(),
  batch: z
    .string({ error: "the name of a column" })
    .describe("A check for each batch of scores: the rows that share a value of this column.")
    .optional(),
  grace: duration(
    "With batch: how late the next one may be, beyond the usual time between two, before it is missed; default 0s. With cron: how long, beyond one window, there may be no predictions; default one window.",
    "0s",
  ).optional(),
});

export const windowSection = section("What one check looks at.", {
  span: duration(
    "Length of a window of event time; with schedule.batch, the time that one batch stands for. Default 24h.",
    "1m",
  ).prefault("24h"),
  min_rows: wholeNumber("A window with fewer rows is inconclusive. Default 500.", 1).prefault(500),
});
