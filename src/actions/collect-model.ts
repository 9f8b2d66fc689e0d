import { DriftwardError } from "../core/errors.ts";
import type { Policies } from "../ports/lookups.ts";
import { type Collected, type CollectPorts, collect } from "../stages/collect.ts";
import { requireModel } from "./check-model.ts";

/**
 * Takes in now what the policy in force names in data.predictions.
 *
 * @throws NotFound without such a model; InvalidInput when its policy names nothing, or labels are asked for
 */
export async function collectModel(
  ports: CollectPorts & { readonly policies: Policies },
  name: string,
  labels: boolean,
): Promise<Collected> {
  if (labels) throw new DriftwardError("InvalidInput", "expected files of labels, got none", { hint: "name them" });
  const model = await requireModel(ports.state, name);
  const policy = model.policyRevision === undefined ? undefined : await ports.policies.of(model.policyRevision);
  if (policy?.data.predictions === undefined)
    throw new DriftwardError("InvalidInput", `expected files, or a policy of ${name} that names some, got neither`, {
      hint: `driftward ingest ${name} FILE, or data: { predictions: { files: 'lake/*.parquet' } } in its policy`,
    });
  return collect(ports, model, policy);
}
