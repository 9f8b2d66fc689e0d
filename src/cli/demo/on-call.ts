import { applyPolicies } from "../../actions/apply-policies.ts";
import { giveWord } from "../../actions/decide-run.ts";
import { listQuarantines, quarantine } from "../../actions/quarantine.ts";
import { retrain } from "../../actions/retrain.ts";
import { DriftwardError } from "../../core/errors.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { PolicySource } from "../../ports/policy-source.ts";
import type { Services } from "../../ports/services.ts";
import type { Row } from "./bike-world.ts";

/** Days of a storm, [from, to): the demo lets the feed of weather fail while it lasts. */
const outage = { from: "2012-10-28", to: "2012-10-31" } as const;
/** A day on which somebody makes the training cheaper than it can be. */
const cheaperOn = "2012-08-15";
const cheaper = "a cheaper training: one week of rows instead of half a year";

/** The rows of a day as the service got them: without weather while its feed is down. */
export function withoutWeather(day: string, rows: readonly Row[]): readonly Row[] {
  if (day < outage.from || day >= outage.to) return rows;
  return rows.map((row) => ({ ...row, temp: "", atemp: "", hum: "", windspeed: "" }));
}

/**
 * The person whom the demo's mails reach: approves what passed its gates, asks for a training when an old version serves
 * again and during the outage, tries a cheaper training, and quarantines the hours of the outage once it is over. Called after every day; what is done already is not done
 * again, so that a demo that was killed goes on.
 *
 * @returns what was done on that day, a sentence each; each is done when it is asked for
 */
export function personOnCall(services: Services, modelId: string) {
  const { state } = services;
  return async function* acts(day: string): AsyncGenerator<string> {
    const run = await state.runs.active(modelId);
    if (run?.state === "promoting") yield* approve(services, run.number);
    if (run === undefined) yield* replaceOldVersion(services, modelId);
    if (day >= cheaperOn && day < "2012-08-17") yield* tryCheaperTraining(services, modelId, day);
    if (day === outage.to) yield* mendOutage(services, modelId);
  };
}

async function* approve(services: Services, run: number): AsyncGenerator<string> {
  const reason = "better beyond doubt on the same rows";
  await giveWord(services, { run, word: "approve", reason, actor: services.actor });
  yield `run ${run} approved: ${reason}`;
}

/** A version that serves again was replaced for a reason: the one to follow is trained at once. */
async function* replaceOldVersion(services: Services, modelId: string): AsyncGenerator<string> {
  const { state } = services;
  const last = (await state.aliases.history(modelId, "champion")).at(-1);
  if (last === undefined || last.seq === 1 || last.runId !== undefined) return;
  const [run] = await state.runs.recent(modelId, 1);
  const isToday = services.clock.now().getTime() - last.at.getTime() < millisecondsPer.d / 2;
  if (!isToday || run === undefined || run.createdAt >= last.at) return;
  const { name } = await state.versions.get(last.versionId);
  yield await askForRetrain(services, modelId, `version ${name} serves again and is older`);
}

/** The gates say what the cheaper training is worth; the next day the policy is as it was. */
async function* tryCheaperTraining(services: Services, modelId: string, day: string): AsyncGenerator<string> {
  const { actor } = services;
  if (day > cheaperOn) {
    const { applied } = await applyPolicies(services, actor);
    if (applied.some(({ changed }) => changed)) yield "the policy is again as it was";
    return;
  }
  if ((await services.state.runs.recent(modelId, 20)).some(({ reason }) => reason.includes(cheaper))) return;
  const policySource: PolicySource = {
    read: async (paths) =>
      (await services.policySource.read(paths)).map((text) => ({
        ...text,
        source: text.source.replace("trainer: bike-demand\n", "trainer: bike-demand\n  with: { days: 7 }\n"),
      })),
  };
  await applyPolicies({ ...services, policySource }, actor);
  yield `a policy with ${cheaper} is in force`;
  yield await askForRetrain(services, modelId, cheaper);
}

async function* mendOutage(services: Services, modelId: string): AsyncGenerator<string> {
  const { name: model } = await services.state.models.get(modelId);
  if ((await listQuarantines(services, model)).length > 0) return;
  yield await askForRetrain(services, modelId, "rides have collapsed");
  const [from, to] = [new Date(`${outage.from}T00:00:00Z`), new Date(`${outage.to}T00:00:00Z`)];
  const reason = "the feed of weather was down";
  await quarantine(services, { model, from, to, reason, actor: services.actor });
  yield `quarantined ${outage.from} to ${outage.to}: ${reason}`;
}

async function askForRetrain(services: Services, modelId: string, reason: string): Promise<string> {
  const { name: model } = await services.state.models.get(modelId);
  try {
    const { number } = await retrain(services, { model, reason, actor: services.actor });
    return `run ${number} asked for: ${reason}`;
  } catch (error) {
    if (error instanceof DriftwardError && error.code === "Refused") return error.message;
    throw error;
  }
}
