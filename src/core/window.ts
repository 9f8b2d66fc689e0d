/** A half-open range of event time [start, end). */
export interface Window {
  readonly start: Date;
  readonly end: Date;
}
