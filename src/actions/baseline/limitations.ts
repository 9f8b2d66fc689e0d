import { hasInfinitiesAlone } from "../../core/drift/quality.ts";
import type { RowSchema } from "../../core/prediction/prediction.ts";
import type { Profile } from "../../core/profile/bins.ts";
import type { Scan } from "../../stages/ingest/scan.ts";
import type { Outcomes } from "./outcomes.ts";

/** With fewer rows not even the ten bins of PSI hold what chance needs: only changes of half of the rows are seen. */
const fewRows = 100;
const mostNamed = 5;

/** What a baseline that can be used is not good for, in sentences for people; none where nothing is wrong with it. */
export function limitationsOf(scan: Scan, schema: RowSchema, outcomes: Outcomes, profile: Profile): readonly string[] {
  const { rows } = profile.counts;
  const typed = new Set(schema.features.map(({ name }) => name));
  const counted = new Map(profile.bins.map(({ name }, index) => [name, profile.counts.features[index]]));
  const valueless = scan.columns.features.filter((name) => {
    const counts = counted.get(name);
    return !typed.has(name) || counts === undefined || counts.missing + counts.invalid >= rows;
  });
  const endless = profile.bins.flatMap(({ name, kind }, index) => {
    const counts = profile.counts.features[index];
    return kind === "numeric" && counts !== undefined && hasInfinitiesAlone(counts) ? [name] : [];
  });
  const scattered = profile.bins.flatMap((bins) =>
    bins.kind === "categorical" && bins.categories.length === 0 && !valueless.includes(bins.name) ? [bins.name] : [],
  );
  const labelled = outcomes.labelled.distinct.size > 0;
  const predicted = outcomes.predicted.distinct.size > 0;
  return [
    ...(rows < fewRows ? [`only ${rows} ${rows === 1 ? "row" : "rows"}: all but large changes pass for chance`] : []),
    ...(valueless.length > 0 ? [`no value of ${list(valueless)}: nothing can be told of ${these(valueless)}`] : []),
    ...(endless.length > 0 ? [`no finite number of ${list(endless)}: nothing can be told of ${these(endless)}`] : []),
    ...(scattered.length > 0
      ? [
          `no value of ${list(scattered)} that enough rows share, as ids do: only missing values of ${these(scattered)} are compared`,
        ]
      : []),
    ...(outcomes.untimed > 0 ? [`${whoseTime(outcomes.untimed, rows)}: limits stay provisional, ${provisional}`] : []),
    ...(predicted ? [] : ["no predictions: drift of the prediction is not tested"]),
    ...(predicted && labelled ? [] : ["no promise: rules on performance need predictions and labels to compare with"]),
  ];
}

const provisional = "they notify and start no retrain";

function whoseTime(untimed: number, rows: number): string {
  return untimed >= rows ? "no row has a timestamp" : `${untimed} rows have no timestamp`;
}

function list(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return names.slice(0, mostNamed).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function these(names: readonly string[]): string {
  return names.length === 1 ? "it" : "them";
}
