import type { ParameterDeclaration, ParameterValue } from "../core/policy/trainer-parameters.ts";
import type { AttemptFiles } from "../core/run/launch-spec.ts";

/** What of a trainer is the same wherever it runs. */
interface Program {
  /** Program and arguments; no shell reads them. Empty: what the image or the other system starts by itself. */
  readonly command: readonly string[];
  /** Where it runs as a container; runners of containers need it. */
  readonly container?: ContainerSettings;
  /** Whom to call; the webhook runner needs it. */
  readonly webhook?: WebhookSettings;
  /** Files that hold secrets, by the name the program knows them under: it finds the path in `<NAME>_FILE`. */
  readonly secretFiles?: Readonly<Record<string, string>>;
  /** Between asking it to end and ending it. */
  readonly graceMs: number;
}

/** A training program that the operator named in driftward.yaml. */
export interface Trainer extends Program {
  readonly name: string;
  /** Which runner executes it. */
  readonly runner: "process" | "docker" | "webhook";
  /** Names of environment variables that are handed on from the operator's environment. */
  readonly environment: readonly string[];
  /** What a policy may set, and to which values; nothing when absent. */
  readonly parameters?: Readonly<Record<string, ParameterDeclaration>>;
  /** The longest it may run, whatever a policy asks for. */
  readonly timeoutMs: number;
  /** How often it is started for one run, at most; once when absent. */
  readonly attempts?: number;
}

export interface ContainerSettings {
  readonly image: string;
  /** The daemon's socket: a path, `unix://…` or `tcp://host:port`; DOCKER_HOST or the usual place when absent. */
  readonly socket?: string;
  /** Processor cores, such as 1.5. */
  readonly cpus?: number;
  readonly memoryBytes?: number;
  /** Processes and threads at most. */
  readonly pids?: number;
  /** Host paths that the program may read, by their path inside. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Whether it may reach a network. */
  readonly network: boolean;
  /** `uid:gid` inside; those of Driftward when absent. */
  readonly user?: string;
}

export interface WebhookSettings {
  /** Called when a training is due. */
  readonly url: string;
  /** Header to the name of the environment variable that holds its value. */
  readonly headers: Readonly<Record<string, string>>;
  /** Name of the environment variable that holds the secret that requests are signed with. */
  readonly secret?: string;
  /** Body to send in place of the CloudEvent; `{{name}}` in texts is filled in. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Asked for the state, where nobody calls back; `{{name}}` is filled in. */
  readonly statusUrl?: string;
  /** Field of the status answer that holds the state. */
  readonly statusField: string;
  /** Called when the training is not wanted any more. */
  readonly cancelUrl?: string;
  /** Whether the other system sees the same folders: it is given paths in place of URLs. */
  readonly shared: boolean;
}

/** One attempt of a training program, as a runner starts it. */
export interface Launch extends Program {
  /** The same key is the same attempt, however often it is started. Letters, digits, `.`, `_` and `-`. */
  readonly key: string;
  readonly runId: string;
  /** Counts from 1 within the run. */
  readonly attempt: number;
  /** What Driftward tells the program, files apart. It is kept in files: no secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The trainer's declared parameters, filled in; they are in `environment` as well. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** Names that the runner hands on from its own environment; their values are written nowhere. */
  readonly inherit: readonly string[];
  /** Folder that the program works in, where it runs on this machine. */
  readonly folder: string;
  /** Where its data is and its output goes; a runner tells it where it finds them (`fileVariables`). */
  readonly files: AttemptFiles;
  readonly timeoutMs: number;
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
  /**
   * Removes what is kept of attempts, their logs too, of whose keys `isOver` says that nobody asks for them any more; one
   * that runs on stays. Gives back the keys of those that were removed.
   */
  forget(isOver: (key: string) => boolean): Promise<readonly string[]>;
}
