import { DriftwardError } from "../core/errors.ts";
import { parsePolicies } from "../core/policy/parse-policy.ts";
import type { Backtest, BacktestTrial } from "../core/replay/replayed-policy.ts";
import { settingsOf, withSettings } from "../core/replay/settings.ts";
import type { PolicySource, PolicyText } from "../ports/policy-source.ts";
import { requireModel } from "./check-model.ts";
import { parseText } from "./parse-text.ts";
import { openPast, type ReplayPorts } from "./replay/past.ts";
import { replayedPolicy } from "./replay/replayed-policy.ts";
import { spanOf } from "./replay/span-of.ts";

export interface BacktestPorts extends ReplayPorts {
  readonly policySource: PolicySource;
}

/**
 * Replays a policy over the recorded past of its model; with settings, once for each combination of their values.
 *
 * @param policy    a policy file, or the name of a model whose policy in force is meant
 * @param settings  such as `drift.alarm_budget=1 per 7d,1 per 30d`
 * @throws InvalidPolicy when the file, or it with a setting, has a mistake; NotFound without such a model
 */
export async function backtest(
  ports: BacktestPorts,
  request: {
    readonly policy: string;
    readonly from?: Date;
    readonly to?: Date;
    readonly sinceMs: number;
    readonly hindsight: boolean;
    readonly settings: readonly string[];
    /** Is told after each check how many of the trial's are done. */
    readonly onProgress?: (done: number, of: number) => void;
  },
): Promise<Backtest> {
  const text = await readText(ports, request.policy);
  const found = onePolicy(text, text.source);
  const model = await requireModel(ports.state, found.policy.model);
  const past = await openPast(ports, model);
  const span = spanOf(past, request);
  const trials: BacktestTrial[] = [];
  for (const settings of settingsOf(request.settings)) {
    const { policy } = settings.length === 0 ? found : onePolicy(text, withSettings(found.source, settings));
    const { hindsight, onProgress } = request;
    const asked = { ...span, policy, hindsight, ...(onProgress === undefined ? {} : { onProgress }) };
    trials.push({ settings, ...(await replayedPolicy(ports, past, asked)) });
  }
  return { model: model.name, path: text.path, span, hindsight: request.hindsight, trials };
}

/** The file of this path, or the policy in force of a model of this name. */
async function readText(ports: BacktestPorts, named: string): Promise<PolicyText> {
  const model = await ports.state.models.find(named);
  if (model?.policyRevision !== undefined) {
    const { path, source } = await ports.state.policies.get(model.policyRevision);
    return { path, source };
  }
  const [text, ...others] = await ports.policySource.read([named]);
  if (text !== undefined && others.length === 0) return text;
  throw new DriftwardError("InvalidInput", `expected one policy file or a model, got "${named}"`, {
    hint: "name the file, such as policies/churn.yaml",
  });
}

function onePolicy(text: PolicyText, source: string) {
  const parsed = source === text.source ? parseText(text) : parsePolicies(source, text.path);
  if ("problems" in parsed) {
    const [first] = parsed.problems.filter(({ severity }) => severity === "error");
    throw new DriftwardError("InvalidPolicy", first?.message ?? "the policy cannot be read", {
      hint: first?.hint ?? "`driftward validate` tells every mistake",
      ...(first === undefined ? {} : { place: first.place }),
    });
  }
  const [only, ...others] = parsed.policies;
  if (only !== undefined && others.length === 0) return only;
  const names = parsed.policies.map(({ policy }) => policy.model).join(", ");
  throw new DriftwardError("InvalidInput", `expected a policy of one model, got one of ${names}`, {
    hint: "name the model instead of the file, once its policy is in force",
  });
}
