import { DriftwardError } from "../core/errors.ts";
import { type MailNotice, modelsOf } from "../core/notice.ts";
import { noticeToLeave } from "../core/run/notice-to-leave.ts";
import type { Policies } from "../ports/lookups.ts";
import type { State } from "../ports/state.ts";

interface SensitiveNowPorts {
  readonly state: State;
  readonly policies: Policies;
}

/** Columns that the policies in force of these models name sensitive. */
export async function sensitiveNow(ports: SensitiveNowPorts, models: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all([...new Set(models)].map((name) => sensitiveOf(ports, name)));
  return [...new Set(found.flat())];
}

/** What a policy named sensitive when it judged, and what its model's policy has named so since. */
export async function sensitiveSince(
  ports: SensitiveNowPorts,
  model: string,
  then: { readonly data: { readonly sensitive: readonly string[] } },
): Promise<readonly string[]> {
  return [...new Set([...then.data.sensitive, ...(await sensitiveNow(ports, [model]))])];
}

/** A kept notice as it may leave now: without what its models' policies have named sensitive since it was written. */
export async function leavesNow<One extends MailNotice>(ports: SensitiveNowPorts, notice: One): Promise<One> {
  return noticeToLeave(notice, await sensitiveNow(ports, modelsOf(notice)));
}

async function sensitiveOf({ state, policies }: SensitiveNowPorts, name: string): Promise<readonly string[]> {
  const revision = (await state.models.find(name))?.policyRevision;
  if (revision === undefined) return [];
  try {
    return (await policies.of(revision)).data.sensitive;
  } catch (error) {
    // One that an older Driftward applied and this one cannot read keeps no mail back.
    if (error instanceof DriftwardError && error.code === "InvalidPolicy") return [];
    throw error;
  }
}
