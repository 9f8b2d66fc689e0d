import { DriftwardError } from "../errors.ts";
import { type OptionNames, requireKnownOptions } from "../known-options.ts";
import type { BootstrapPlan } from "./bootstrap-interval.ts";

/** How an interval is made. */
export interface MeasureOptions {
  /** of the interval, in (0, 1); 0.95 when left out */
  readonly confidence?: number;
  /** how many times larger the variance is than that of independent rows, at least 1; 1 when left out */
  readonly designEffect?: number;
  /** resample instead of computing from influences: slower, and free of their first-order approximation */
  readonly bootstrap?: BootstrapPlan;
}

const bootstrapNames: OptionNames<BootstrapPlan> = { seed: true, resamples: true };

const optionNames: OptionNames<MeasureOptions> = { confidence: true, designEffect: true, bootstrap: true };

/** @throws InvalidInput when an option is out of its range, or does not exist */
export function checkOptions(options: MeasureOptions): Required<Omit<MeasureOptions, "bootstrap">> {
  requireKnownOptions(options, optionNames, "measure");
  if (options.bootstrap !== undefined) requireKnownOptions(options.bootstrap, bootstrapNames, "bootstrap of measure");
  const { confidence = 0.95, designEffect = 1 } = options;
  if (!(confidence > 0 && confidence < 1))
    throw new DriftwardError("InvalidInput", `expected a confidence between 0 and 1, got ${confidence}`);
  if (!(designEffect >= 1 && designEffect < Number.POSITIVE_INFINITY))
    throw new DriftwardError("InvalidInput", `expected a design effect of at least 1, got ${designEffect}`);
  const { seed, resamples = 1_000 } = options.bootstrap ?? { seed: 0 };
  if (!(Number.isInteger(seed) && Number.isInteger(resamples) && resamples >= 100 && resamples <= 100_000))
    throw new DriftwardError(
      "InvalidInput",
      `expected a whole seed and 100 to 100000 resamples, got ${seed} and ${resamples}`,
    );
  if (options.bootstrap !== undefined && designEffect > 1)
    throw new DriftwardError("InvalidInput", `expected no design effect with a bootstrap, got ${designEffect}`, {
      hint: "give entities: they are resampled whole",
    });
  return { confidence, designEffect };
}
