/** Some rows of one side, each value as the number of its bin: the place in `binLabels` of the feature. */
export interface CodedRows {
  readonly rows: number;
  /** `codes[f][row]`, features in the order in which they were asked for. */
  readonly codes: readonly Uint16Array[];
  /** Milliseconds since 1970, NaN where a row has none; absent where the data have no times. */
  readonly times?: Float64Array;
}
