import { copyFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { BaselineInput, BaselineResult } from "../actions/baseline.ts";
import type { ModelCheck } from "../actions/check-model.ts";
import type { EvaluationRows } from "../actions/evaluation-rows.ts";
import type { Route } from "../actions/route.ts";
import type { ModelStatus } from "../actions/status.ts";
import { loadConfig } from "../config.ts";
import type { Act } from "../core/identity/role.ts";
import { type OptionNames, requireKnownOptions } from "../core/known-options.ts";
import type { IngestInput, IngestResult } from "../stages/ingest.ts";
import { requireKnownFrom } from "./require-known-from.ts";

export interface OpenDriftwardOptions {
  /** Where `driftward.yaml` is looked for and relative paths start; the current folder when absent. */
  readonly folder?: string;
  /** A configuration file by name, in place of `driftward.yaml`. */
  readonly config?: string;
  /** DATABASE_URL, REDIS_URL, DRIFTWARD_DATA, DRIFTWARD_TOKEN …; those of the process when absent. */
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
  /** Which version of a model serves, and which is tried in shadow: one statement, made to be asked often. */
  route(model: string): Promise<Route>;
  /**
   * Writes the evaluation rows of a run whose challenger is in shadow, without labels, to a file that ends in .parquet, .csv
   * or .ndjson. Predicted by the service that serves the challenger, they are ingested with `kind: "shadow"`.
   */
  evaluationRows(input: { readonly run: number; readonly file: string }): Promise<WrittenEvaluationRows>;
  /** Ends all connections; the program can end then. */
  close(): Promise<void>;
}

/** What was written of a run's evaluation rows. */
export type WrittenEvaluationRows = Omit<EvaluationRows, "path">;

const openNames: OptionNames<OpenDriftwardOptions> = { folder: true, config: true, environment: true, actor: true };

const ingestNames: OptionNames<Omit<IngestInput, "actor">> = {
  ...{ model: true, kind: true, from: true, mapping: true, epoch: true, only: true, chunkRows: true },
};

const baselineNames: OptionNames<Omit<BaselineInput, "actor">> = {
  ...{ model: true, version: true, from: true, mapping: true, task: true, epoch: true, artifact: true, replace: true },
};

const evaluationRowsNames: OptionNames<{ readonly run: number; readonly file: string }> = { run: true, file: true };

/** Checks, incidents and runs that `status` lists of each model. */
const listed = 10;

/** Loaded when a project is opened: programs that only compare need none of it. */
async function loadWhatItNeeds() {
  const parts = await Promise.all([
    import("../compose.ts"),
    import("../actions/identify.ts"),
    import("../actions/permit.ts"),
    import("../stages/ingest.ts"),
    import("../actions/baseline.ts"),
    import("../actions/check-model.ts"),
    import("../actions/status.ts"),
    import("../actions/route.ts"),
  ]);
  const [{ openServices }, { identify }, { permit }, { ingest }, { registerBaseline }, checks, { status }, { route }] =
    parts;
  const { checkModel, requireModel } = checks;
  return { openServices, identify, permit, ingest, registerBaseline, checkModel, requireModel, status, route };
}

/**
 * Opens the project that `driftward.yaml` and the environment describe: PostgreSQL (its own, started when nobody has),
 * prediction log, counting engine. No worker runs in this program: checks and runs on schedule are for `driftward up`.
 *
 * @throws InvalidConfig when the configuration cannot be used, StateUnavailable when PostgreSQL cannot be reached,
 *         NotAllowed when the token in DRIFTWARD_TOKEN is no usable one; so do the methods that it does not allow
 */
export async function openDriftward(options: OpenDriftwardOptions = {}): Promise<Driftward> {
  requireKnownOptions(options, openNames, "openDriftward");
  const config = loadConfig(options.folder ?? process.cwd(), options.environment, options.config);
  const person = { kind: "person" as const, id: options.actor ?? config.user };
  const { openServices, identify, permit, ingest, registerBaseline, checkModel, requireModel, status, route } =
    await loadWhatItNeeds();
  const services = await openServices(config, person);
  const { state } = services;
  const local = config.databaseUrl === undefined;
  const identity = await identify(services, { secret: config.token, person, local }).catch(async (error: unknown) => {
    await services.close();
    throw error;
  });
  const { actor } = identity;
  const may = (act: Act, model: string | undefined) => permit(services, identity, { act, on: { model } });
  return {
    async ingest(input) {
      requireKnownOptions(input, ingestNames, "ingest");
      requireKnownFrom(input.from, "from of ingest");
      await may("ingest", input.model);
      return ingest(services, { ...input, actor });
    },
    async baseline(input) {
      requireKnownOptions(input, baselineNames, "baseline");
      requireKnownFrom(input.from, "from of baseline");
      await may("baseline", input.model);
      return registerBaseline(services, { ...input, actor });
    },
    async check(model) {
      await may("check", model);
      return checkModel(services, model);
    },
    async status(model) {
      await may("look", model);
      return status(
        services,
        model === undefined ? await state.models.list() : [await requireModel(state, model)],
        listed,
      );
    },
    async route(model) {
      await may("look", model);
      return route(state, model);
    },
    async evaluationRows(input) {
      requireKnownOptions(input, evaluationRowsNames, "evaluationRows");
      const { run, file } = input;
      await permit(services, identity, { act: "ingest", on: { run } });
      const { evaluationRows, evaluationRowsFormat } = await import("../actions/evaluation-rows.ts");
      const { path, ...written } = await evaluationRows(services, { run, format: evaluationRowsFormat(file), actor });
      await copyFile(path, resolve(options.folder ?? process.cwd(), file));
      return written;
    },
    close: () => services.close(),
  };
}
