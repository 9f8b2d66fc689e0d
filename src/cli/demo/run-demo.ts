import { setTimeout as sleep } from "node:timers/promises";
import { applyPolicies } from "../../actions/apply-policies.ts";
import { registerBaseline } from "../../actions/baseline.ts";
import { DriftwardError } from "../../core/errors.ts";
import { millisecondsPer } from "../../core/units.ts";
import type { Services } from "../../ports/services.ts";
import { ingest } from "../../stages/ingest.ts";
import { requestTick } from "../../stages/tick.ts";
import { type BikeWorld, type Row, readBikeWorld } from "./bike-world.ts";
import { personOnCall, withoutWeather } from "./on-call.ts";
import { createService } from "./serve.ts";
import type { Timeline } from "./timeline.ts";

export const demoModel = "bike-demand";

/** The log begins in May 2011; what came before November is the baseline, what comes after is lived through. */
export const liveFrom = "2011-11-01";

/** How long after midnight the rows of a day are in and its slot is due: the policy's `settle`, and a little. */
const slotAfterMs = 11 * 60_000;

export interface DemoParts {
  readonly services: Services;
  /** Moves the clock that the services were opened with. */
  readonly advance: (to: Date) => Promise<void>;
  readonly folder: URL;
  readonly timeline: Timeline;
  /** The last day to live through (ISO date); all when absent. */
  readonly until: string | undefined;
}

/** Makes the model, its history and its policy. Done again after a crash, it changes nothing. */
export async function prepareDemo({ services, folder }: DemoParts): Promise<{ world: BikeWorld; modelId: string }> {
  const world = await readBikeWorld(folder);
  const { actor } = services;
  const history = world.rowsBefore(liveFrom).map((row) => ({ ...row, model_version: "1" }));
  const labels = world.labelsBefore(liveFrom);
  const truth = new Map(labels.map((row) => [row.prediction_id, row.label]));
  const labelled = history.flatMap((row) => {
    const label = truth.get((row as Row).prediction_id ?? "");
    return label === undefined ? [] : [{ ...row, label }];
  });
  const baseline = await registerBaseline(services, {
    model: demoModel,
    version: "1",
    from: { rows: numbers(labelled), name: "May to October 2011" },
    actor,
    task: "regression",
  });
  const log = { model: demoModel, actor } as const;
  await ingest(services, { ...log, kind: "predictions", from: { rows: numbers(history), name: "history" } });
  await ingest(services, { ...log, kind: "labels", from: { rows: numbers(labels), name: "history" } });
  const { problems } = await applyPolicies(services, actor);
  const [problem] = problems;
  if (problem !== undefined) throw new DriftwardError("InvalidPolicy", problem.message, { place: problem.place });
  return { world, modelId: baseline.modelId };
}

/**
 * Lives through the recorded days: logs a day's predictions and the labels that arrived, moves the clock past midnight,
 * and waits until Driftward has nothing left to do. A day that was begun before a crash is begun again: what was done of
 * it is known by its ids.
 */
export async function liveThrough(parts: DemoParts, prepared: { world: BikeWorld; modelId: string }): Promise<void> {
  const { services, advance, folder, timeline, until } = parts;
  const { world, modelId } = prepared;
  const { state, clock } = services;
  const service = createService(state, modelId, new URL("model.mjs", folder));
  const onCall = personOnCall(services, modelId);
  for (const day of world.daysFrom(liveFrom)) {
    if (until !== undefined && day > until) break;
    const slot = new Date(Date.parse(`${day}T00:00:00Z`) + millisecondsPer.d);
    const due = new Date(slot.getTime() + slotAfterMs);
    if (!(await isOver(services, modelId, slot))) {
      const rows = withoutWeather(day, world.rowsOf(day));
      await logDay(services, day, await service.serve(rows), world.labelsOf(day));
      if (clock.now() < due) await advance(due);
      await requestTick(state, due.toISOString());
      await untilSettled(services);
    }
    await timeline.tell(slot);
    // What was left undone by a demo that was killed is done now; what was done finds nothing to do.
    for await (const act of onCall(day)) {
      await timeline.note(slot, act);
      await untilSettled(services);
      await timeline.tell(slot);
    }
  }
}

/** Whether a day was lived through before: its slot is decided, and nothing is left to do. */
async function isOver(services: Services, modelId: string, slot: Date): Promise<boolean> {
  const { decidedSlot } = await services.state.models.get(modelId);
  return decidedSlot !== undefined && decidedSlot >= slot && (await settled(services));
}

async function logDay(services: Services, day: string, rows: readonly Row[], labels: readonly Row[]): Promise<void> {
  const log = { model: demoModel, actor: services.actor } as const;
  if (rows.length > 0)
    await ingest(services, {
      ...log,
      kind: "predictions",
      from: { rows: numbers(rows), name: `predictions of ${day}` },
    });
  if (labels.length > 0)
    await ingest(services, { ...log, kind: "labels", from: { rows: numbers(labels), name: `labels of ${day}` } });
}

const texts: ReadonlySet<string> = new Set([
  "prediction_id",
  "entity_id",
  "timestamp",
  "label_timestamp",
  "model_version",
  "weather",
]);

/** Rows of a CSV file with its numbers as numbers. */
function numbers(rows: readonly Row[]): readonly Readonly<Record<string, unknown>>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, texts.has(name) || value === "" ? value : Number(value)]),
    ),
  );
}

async function settled({ state, clock }: Services): Promise<boolean> {
  return (await state.outbox.openCount(clock.now())) === 0;
}

const lookEveryMs = 15;

async function untilSettled(services: Services): Promise<void> {
  while (!(await settled(services))) await sleep(lookEveryMs);
}
