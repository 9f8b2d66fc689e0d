import { DriftwardError } from "../../core/errors.ts";
import type { BaselineRow, State, VersionRow } from "../../ports/state.ts";

/** A baseline that a version has, and what may become of it when another file is offered. */
export interface Registered {
  readonly version: VersionRow;
  readonly baseline: BaselineRow;
  /** The same file: nothing changes. */
  readonly same: boolean;
}

/**
 * The baseline of a version, if it has one. Another file replaces it while nothing has been checked against it, and with
 * a reason later; what was checked stays as it was.
 *
 * @throws Conflict when another file is offered and that is too late
 */
export async function findRegistered(
  state: State,
  named: { readonly modelId: string; readonly model: string; readonly version: string; readonly replace?: string },
  digest: string,
): Promise<Registered | undefined> {
  const version = await state.versions.find(named.modelId, named.version);
  const baseline = version && (await state.baselines.ofVersion(version.id));
  if (version === undefined || baseline === undefined) return undefined;
  const known = baseline.digest ?? version.lineage.digest;
  if (known === digest) return { version, baseline, same: true };
  const registered = { version, baseline, same: false };
  if (named.replace !== undefined) return registered;
  const of = `version ${named.version} of ${named.model} has a baseline already, from ${baseline.source}`;
  if (known === undefined) throw tooLate(`${of}: what its gates measured is held against it`);
  if (await state.baselines.isUsed(baseline.id)) throw tooLate(`${of}, and checks were made against it`);
  return registered;
}

function tooLate(message: string): DriftwardError {
  return new DriftwardError("Conflict", message, {
    hint: "register this file under another version, or say --replace --reason 'why': that is recorded",
  });
}
