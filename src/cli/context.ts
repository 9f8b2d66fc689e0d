import type picocolors from "picocolors";
import type { Probe } from "../actions/doctor.ts";
import type { Config } from "../config.ts";
import type { Actor } from "../core/actor.ts";
import type { CountEngine } from "../ports/count-engine.ts";
import type { Mailbox } from "../ports/mailer.ts";
import type { PolicySource } from "../ports/policy-source.ts";
import type { Services } from "../ports/services.ts";

/** How a command talks to the world; main.ts makes it, tests make their own. */
export interface CliContext {
  /** `data` takes the place of the file's data directory. */
  readonly config: (file?: string, data?: string) => Config;
  /** That of the configuration that was read last; absent before one was. */
  readonly dataDirectory?: () => string | undefined;
  /** Who acts at this command line. */
  readonly actor: (config: Config) => Actor;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colors: ReturnType<typeof picocolors.createColors>;
  /** Columns of the terminal; absent where the output goes elsewhere. */
  readonly columns?: number;
  /** Whether progress may be drawn over itself. */
  readonly interactive: boolean;
  readonly setExitCode: (code: ExitCode) => void;
  /** Opens state, log, engine and the rest; nothing else of Driftward need run. */
  readonly open: (config: Config, options?: OpenOptions) => Promise<Services>;
  /** The counting engine alone, for files that have no state. */
  readonly openEngine: (config: Config, folders: readonly string[]) => Promise<CountEngine>;
  readonly openMailbox: (config: Config) => Promise<Mailbox>;
  readonly openPolicySource: (config: Config) => Promise<PolicySource>;
  readonly startWorkers: (
    services: Services,
    config: Config,
    options?: StartOptions,
  ) => Promise<{ drain(): Promise<void> }>;
  readonly probes: (config: Config) => Promise<readonly Probe[]>;
  /** Resolves when a person or the system asks the program to stop (SIGINT, SIGTERM). */
  readonly stopped: Promise<void>;
}

export interface StartOptions {
  /** Whether policies are looked for again and again, where they come from a repository. */
  readonly refreshPolicies?: boolean;
}

export interface OpenOptions {
  /** Times come from a clock that is kept with the data and moved by the caller, instead of the system's. */
  readonly simulatedClock?: { readonly start: Date };
  /** Opens the queue as well: for programs that start workers. */
  readonly workers?: boolean;
}

/** Documented in docs/errors.md. */
export const exitCodes = {
  ok: 0,
  verdict: 1,
  changes: 2,
  wrongUse: 3,
  couldNotRun: 4,
  inconclusive: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
