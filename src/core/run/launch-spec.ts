import type { ParameterValue } from "../policy/trainer-parameters.ts";

/** Where the files of one attempt are, as absolute paths. */
export interface AttemptFiles {
  readonly training: string;
  readonly evaluation: string;
  /** Folder that the trainer writes `result.json` and `predictions.parquet` to. */
  readonly output: string;
}

/** The key by which a runner knows the attempt: the same attempt always has the same one. */
export function attemptKey(runId: string, n: number): string {
  return `${runId}-${n}`;
}

/** The version that a candidate is compared with. */
export interface ComparedVersion {
  readonly name: string;
  /** Where its trained artifact is, as its trainer said; undefined for versions whose artifact was not named. */
  readonly artifact: string | undefined;
}

/** What Driftward tells a trainer wherever it runs; with `fileVariables`, the contract between the two. */
export function trainerEnvironment(
  runId: string,
  parameters: Readonly<Record<string, ParameterValue>>,
  champion?: ComparedVersion,
): Readonly<Record<string, string>> {
  return {
    DRIFTWARD_RUN_ID: runId,
    DRIFTWARD_PARAMETERS: JSON.stringify(parameters),
    ...(champion === undefined ? {} : { DRIFTWARD_CHAMPION: champion.name }),
    ...(champion?.artifact === undefined ? {} : { DRIFTWARD_CHAMPION_ARTIFACT: champion.artifact }),
  };
}

/** Where a trainer finds its data and leaves its output, as paths that mean something where it runs. */
export function fileVariables({ training, evaluation, output }: AttemptFiles): Readonly<Record<string, string>> {
  return { DRIFTWARD_TRAINING_DATA: training, DRIFTWARD_EVALUATION: evaluation, DRIFTWARD_OUTPUT: output };
}

/** Where a trainer finds its secrets: `<NAME>_FILE` holds the path of each. */
export function secretFileVariables(paths: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [`${name}_FILE`, path]));
}

/**
 * How long to wait before the next look at a running attempt, in ms: a tenth of what it has run, between half a second
 * and a quarter of a minute, so that short trainings end at once and long ones cost little.
 */
export function nextLookMs(ranMs: number): number {
  return Math.min(15_000, Math.max(500, Math.round(ranMs / 10)));
}

/** The seed of a run's shuffles: the same run always shuffles the same way. A whole number in [0, 2^31). */
export function seedOf(runId: string): number {
  return Number.parseInt(runId.replaceAll("-", "").slice(0, 8), 16) % 2 ** 31;
}
