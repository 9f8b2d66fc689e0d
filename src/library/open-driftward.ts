import type { BaselineInput, BaselineResult } from "../actions/baseline.ts";
import type { ModelCheck } from "../actions/check-model.ts";
import type { ModelStatus } from "../actions/status.ts";
import { loadConfig } from "../config.ts";
import type { IngestInput, IngestResult } from "../stages/ingest.ts";

export interface OpenDriftwardOptions {
  /** Where `driftward.yaml` is looked for and relative paths start; the current folder when absent. */
  readonly folder?: string;
  /** A configuration file by name, in place of `driftward.yaml`. */
  readonly config?: string;
  /** DATABASE_URL, REDIS_URL, DRIFTWARD_DATA …; those of the process when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Whom acts are recorded as in the audit trail; the operating-system user when absent. */
  readonly actor?: string;
}

/** A project's state, opened. The commands of the same name do the same. */
export interface Driftward {
  /** Takes predictions or labels into the log, each id once, from a file or from rows in memory. */
  ingest(input: Omit<IngestInput, "actor">): Promise<IngestResult>;
  /** Registers a version of a model with the rows that later ones are compared with. */
  baseline(input: Omit<BaselineInput, "actor">): Promise<BaselineResult>;
  /** Checks a model's latest window now; recorded, but no incident opens. The model needs an applied policy. */
  check(model: string): Promise<ModelCheck>;
  /** How one model stands, or all: champion, last checks, incidents, runs. */
  status(model?: string): Promise<readonly ModelStatus[]>;
  /** Ends all connections; the program can end then. */
  close(): Promise<void>;
}

/** Checks, incidents and runs that `status` lists of each model. */
const listed = 10;

/**
 * Opens the project that `driftward.yaml` and the environment describe: PostgreSQL (its own, started when nobody has),
 * prediction log, counting engine. No worker runs in this program: checks and runs on schedule are for `driftward up`.
 *
 * @throws InvalidConfig when the configuration cannot be used, StateUnavailable when PostgreSQL cannot be reached
 */
export async function openDriftward(options: OpenDriftwardOptions = {}): Promise<Driftward> {
  const config = loadConfig(options.folder ?? process.cwd(), options.environment, options.config);
  const actor = { kind: "person" as const, id: options.actor ?? config.user };
  const { openServices } = await import("../compose.ts");
  const [{ ingest }, { registerBaseline }, { checkModel, requireModel }, { status }] = await Promise.all([
    import("../stages/ingest.ts"),
    import("../actions/baseline.ts"),
    import("../actions/check-model.ts"),
    import("../actions/status.ts"),
  ]);
  const services = await openServices(config, actor);
  const { state } = services;
  return {
    ingest: (input) => ingest(services, { ...input, actor }),
    baseline: (input) => registerBaseline(services, { ...input, actor }),
    check: (model) => checkModel(services, model),
    async status(model) {
      return status(
        state,
        model === undefined ? await state.models.list() : [await requireModel(state, model)],
        listed,
      );
    },
    close: () => services.close(),
  };
}
