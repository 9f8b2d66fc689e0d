/** The rows a run trained and judged on; times are ISO 8601 in UTC. */
export interface RunData {
  readonly trainingRows: number;
  readonly evaluationRows: number;
  /** Rows before it trained, rows in [cut, until) evaluated. */
  readonly cut: string;
  readonly until: string;
}
