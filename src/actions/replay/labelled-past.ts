import { quarantinedSpans } from "../../core/quarantine/quarantine.ts";
import { type LabelledHistory, partOfHistory } from "../../core/replay/labelled-history.ts";
import type { Window } from "../../core/window.ts";
import type { CountEngine, DataFiles } from "../../ports/count-engine.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { LogFileRow } from "../../ports/state.ts";
import type { Past } from "./past.ts";

/** Labelled rows of the past, held in memory. */
export interface LabelledPast {
  /** As the engine's, from memory. */
  readonly labelled: CountEngine["labelled"];
  /** Times of the labelled rows before `until` that were known, of every version. */
  timesBefore(until: Date, asOfSeq: number): Float64Array;
}

/** Rows that are held at most; with more, each check asks the engine, which takes its time. */
const mostRows = 2_000_000;

/** Reads the labelled rows from a time on; undefined when they are too many to hold. */
export async function openLabelledPast(
  ports: { readonly engine: CountEngine; readonly log: PredictionLog },
  past: Past,
  range: { readonly from: Date; readonly to: Date },
): Promise<LabelledPast | undefined> {
  const { from, to } = range;
  const predictions = past.predictions.filter((file) => file.lastAt >= from && file.firstAt < to);
  if (predictions.reduce((sum, file) => sum + file.rowCount, 0) > mostRows) return undefined;
  const located = (files: readonly LogFileRow[]): DataFiles => ({
    paths: files.map((file) => ports.log.locate(file)),
    format: "parquet",
  });
  const files = { predictions: located(predictions), labels: located(past.labels) };
  const history = await ports.engine.labelledHistory({ ...files, from, to });
  const [placeOf, labelPlaceOf] = [places(files.predictions), places(files.labels)];
  return {
    async labelled(request) {
      const [known, labels] = [flags(placeOf, request.predictions), flags(labelPlaceOf, request.labels)];
      return partOfHistory(history, {
        from: request.from.getTime(),
        to: request.to.getTime(),
        ...(request.modelVersion === undefined ? {} : { version: request.modelVersion }),
        except: request.except ?? [],
        predictionFile: (index) => known[index] === 1,
        labelFile: (index) => labels[index] === 1,
      });
    },
    timesBefore: (until, asOfSeq) =>
      timesBefore(history, {
        ...{ until, asOfSeq, predictions, labels: past.labels },
        except: quarantinedSpans(past.quarantines, asOfSeq),
      }),
  };
}

function places({ paths }: DataFiles): ReadonlyMap<string, number> {
  return new Map(paths.map((path, index) => [path, index]));
}

function flags(placeOf: ReadonlyMap<string, number>, { paths }: DataFiles): Uint8Array {
  const known = new Uint8Array(placeOf.size);
  for (const path of paths) known[placeOf.get(path) ?? placeOf.size] = 1;
  return known;
}

function timesBefore(
  history: LabelledHistory,
  known: {
    readonly until: Date;
    readonly asOfSeq: number;
    readonly predictions: readonly LogFileRow[];
    readonly labels: readonly LogFileRow[];
    readonly except: readonly Window[];
  },
): Float64Array {
  const seen = (files: readonly LogFileRow[]) => (index: number) =>
    (files[index]?.seq ?? Number.POSITIVE_INFINITY) <= known.asOfSeq;
  return partOfHistory(history, {
    from: Number.NEGATIVE_INFINITY,
    to: known.until.getTime(),
    predictionFile: seen(known.predictions),
    labelFile: seen(known.labels),
    except: known.except,
  }).timestamps;
}
