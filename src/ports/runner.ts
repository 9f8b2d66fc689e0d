/** One attempt of a training program, as a runner starts it. */
export interface Launch {
  /** The same key is the same attempt, however often it is started. */
  readonly key: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folder that the program works in and writes to. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly graceMs: number;
}

export type Progress =
  | { readonly state: "running"; readonly startedAt: Date }
  | { readonly state: "succeeded" }
  | { readonly state: "failed"; readonly exitCode: number | undefined; readonly message: string }
  | { readonly state: "timed out" }
  | { readonly state: "cancelled" }
  /** It was started and nothing is known of its end. */
  | { readonly state: "lost"; readonly message: string };

/** What executes trainers. A few idempotent calls; an attempt lives on when Driftward dies. */
export interface Runner {
  readonly name: string;
  start(launch: Launch): Promise<void>;
  /** Undefined when no attempt of this key was ever started. */
  poll(key: string): Promise<Progress | undefined>;
  cancel(key: string): Promise<void>;
  /** The last lines of what the program printed. */
  logs(key: string, lines: number): Promise<readonly string[]>;
}
