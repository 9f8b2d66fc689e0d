import { DriftwardError } from "../errors.ts";

/** How an interval is made. */
export interface MeasureOptions {
  /** of the interval, in (0, 1); 0.95 when left out */
  readonly confidence?: number;
  /** how many times larger the variance is than that of independent rows, at least 1; 1 when left out */
  readonly designEffect?: number;
}

/** @throws InvalidInput when an option is out of its range */
export function checkOptions(options: MeasureOptions): Required<MeasureOptions> {
  const { confidence = 0.95, designEffect = 1 } = options;
  if (!(confidence > 0 && confidence < 1))
    throw new DriftwardError("InvalidInput", `expected a confidence between 0 and 1, got ${confidence}`);
  if (!(designEffect >= 1 && designEffect < Number.POSITIVE_INFINITY))
    throw new DriftwardError("InvalidInput", `expected a design effect of at least 1, got ${designEffect}`);
  return { confidence, designEffect };
}
