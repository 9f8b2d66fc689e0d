import { DriftwardError } from "../core/errors.ts";
import type { CheckRow, State } from "../ports/state.ts";
import { requireModel } from "./check-model.ts";
import { type CheckExplanation, explainCheck } from "./explain/explain-check.ts";
import { explainIncident, type IncidentExplanation } from "./explain/explain-incident.ts";
import { explainRun, type RunExplanation } from "./explain/explain-run.ts";
import type { ExplainPorts } from "./explain/ports.ts";

export type Explanation = CheckExplanation | IncidentExplanation | RunExplanation;

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Explains a decision with all that it came from, and computes it again from the record.
 *
 * @param words  `INC-3`, `run 2`, the id of a check, or a model with the time of a check; a model alone is its last check
 * @throws NotFound when there is no such thing, InvalidInput when the words name none
 */
export async function explain(ports: ExplainPorts, words: readonly string[]): Promise<Explanation> {
  const [first = "", second = ""] = words;
  if (/^(inc-?)?\d{1,9}$/i.test(first) && words.length === 1)
    return explainIncident(ports, first.replace(/^inc-?/i, "INC-"));
  const run = /^run[- ]?(\d{1,9})$/i.exec(words.join(" "))?.[1];
  if (run !== undefined) return explainRun(ports, Number(run));
  if (uuid.test(first) && words.length === 1)
    return explainCheck(ports, await ports.state.checks.get(first.toLowerCase()));
  if (first === "" || words.length > 2)
    throw new DriftwardError("InvalidInput", `expected an incident, a run or a check, got "${words.join(" ")}"`, {
      hint: "driftward why INC-3, driftward why run 2, driftward why churn 2024-06-30",
    });
  return explainCheck(ports, await checkOf(ports.state, first, second));
}

/** Checks that are looked through for one that was evaluated. */
const looked = 50;

/** The scheduled check of a time, or the last one. */
async function checkOf(state: State, name: string, time: string): Promise<CheckRow> {
  const model = await requireModel(state, name);
  if (time === "") {
    const last = (await state.checks.recent(model.id, looked)).find((check) => check.state === "done");
    if (last !== undefined) return last;
    throw new DriftwardError("NotFound", `expected a check of ${name} that was evaluated, found none`);
  }
  const at = new Date(/T.*(Z|[+-]\d{2}:\d{2})$/.test(time) || !time.includes("T") ? time : `${time}Z`);
  if (Number.isNaN(at.getTime()))
    throw new DriftwardError("InvalidInput", `expected the time of a check such as 2024-06-30T12:00Z, got "${time}"`);
  const [next] = await state.checks.after(model.id, new Date(at.getTime() - 1), 1);
  if (next?.slotAt.getTime() === at.getTime()) return next;
  throw new DriftwardError("NotFound", `expected a check of ${name} at ${at.toISOString()}, found none`, {
    hint:
      next === undefined ? `\`driftward status ${name}\` lists the last ones` : `the next one is of ${next.slotKey}`,
  });
}
