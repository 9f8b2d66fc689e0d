/** A training program that the operator named in driftward.yaml. */
export interface Trainer {
  readonly name: string;
  /** Which runner executes it. */
  readonly runner: "process";
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Names of environment variables that are handed on from the operator's environment. */
  readonly environment: readonly string[];
  /** The longest it may run, whatever a policy asks for. */
  readonly timeoutMs: number;
  /** Between asking it to end and ending it. */
  readonly graceMs: number;
  /** How often it is started for one run, at most; once when absent. */
  readonly attempts?: number;
}

/** One attempt of a training program, as a runner starts it. */
export interface Launch {
  /** The same key is the same attempt, however often it is started. Letters, digits, `.`, `_` and `-`. */
  readonly key: string;
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  /** What Driftward tells the program. It is kept in files: no secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names that the runner hands on from its own environment; their values are written nowhere. */
  readonly inherit: readonly string[];
  /** Folder that the program works in. */
  readonly folder: string;
  readonly timeoutMs: number;
  /** Between asking a program to end and ending it. */
  readonly graceMs: number;
}

export type Progress =
  | { readonly state: "running"; readonly startedAt: Date }
  | { readonly state: "succeeded" }
  | { readonly state: "failed"; readonly exitCode: number | undefined; readonly message: string }
  | { readonly state: "timed out" }
  | { readonly state: "cancelled" }
  /** It was started and nothing is known of its end; it does not run any more. */
  | { readonly state: "lost"; readonly message: string };

/** What executes trainers. A few idempotent calls; an attempt lives on when Driftward dies. */
export interface Runner {
  readonly name: string;
  /** Returns once the attempt is known to the runner. Throws when it cannot be handed over; calling again is safe. */
  start(launch: Launch): Promise<void>;
  /** Undefined when no attempt of this key was ever started. An end, once told, stays. */
  poll(key: string): Promise<Progress | undefined>;
  /** Asks for the end and does not wait for it. An attempt cancelled before it was started never runs. */
  cancel(key: string): Promise<void>;
  /** The last lines of what the program printed. */
  logs(key: string, lines: number): Promise<readonly string[]>;
}
