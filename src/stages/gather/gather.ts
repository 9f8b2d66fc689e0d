import { systemActor } from "../../core/actor.ts";
import type { Policy } from "../../core/policy/policy.ts";
import {
  firstWholeHour,
  isOfEarlierReign,
  type LiveBaselineClock,
  nextLiveStep,
  reignSince,
} from "../../core/run/live-baseline.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { Ids } from "../../ports/ids.ts";
import type { PredictionLog } from "../../ports/log.ts";
import type { Policies } from "../../ports/lookups.ts";
import type { TaskResult } from "../../ports/queue.ts";
import type { LiveBaselineRow, ModelRow, State } from "../../ports/state.ts";
import { clocksDifferMs } from "../clocks.ts";
import { keepFormer } from "./keep-former.ts";
import { makeLiveBaseline } from "./make-live-baseline.ts";

export interface GatherPorts {
  readonly state: State;
  readonly log: PredictionLog;
  readonly engine: CountEngine;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policies: Policies;
}

/** A champion whose policy wants a live baseline, as it was read. */
export interface Gathering {
  readonly ports: GatherPorts;
  readonly model: ModelRow;
  readonly versionId: string;
  readonly policy: Policy;
  readonly since: Date;
  readonly taskId: string | undefined;
}

const done: TaskResult = { done: true };

/**
 * Moves the live baseline of a model's champion on as far as it goes now: looks for the version's first row, and once the
 * span from there is over and settled makes the baseline. Every step is compare-and-set, so that it may be asked for
 * twice, at once, and again after a crash.
 */
export async function gather(
  ports: GatherPorts,
  { modelId, taskId }: { readonly modelId: string; readonly taskId?: string },
): Promise<TaskResult> {
  const { state } = ports;
  for (;;) {
    const model = await state.models.get(modelId);
    const { championVersion: versionId, policyRevision, logSeq } = model;
    const policy = policyRevision === undefined ? undefined : await ports.policies.of(policyRevision);
    const since = reignSince(await state.aliases.history(modelId, "champion"));
    if (versionId === undefined || policy?.baseline.from !== "live" || since === undefined) return done;
    const gathering: Gathering = { ports, model, versionId, policy, since, taskId };
    const known = await state.liveBaselines.ofVersion(versionId);
    const { spanMs = 0 } = policy.baseline;
    const clock = { since, now: ports.clock.now(), logSeq, spanMs, settleMs: policy.data.settleMs };
    const next = nextLiveStep(known, clock);
    if (next.step === "none") return again(known, clock);
    if (known === undefined || isOfEarlierReign(known, clock)) await begin(gathering, known);
    else if (next.step === "look") await look(gathering, known, spanMs);
    else if (known.state === "gathering") await pin(gathering, known, next.endsAt);
    else return makeLiveBaseline(gathering, known);
  }
}

/** A look that comes too early by another machine's clock would be the last. */
function again(known: LiveBaselineRow | undefined, clock: LiveBaselineClock): TaskResult {
  if (known?.state !== "gathering" || known.startsAt === undefined) return done;
  const waitMs = known.startsAt.getTime() + clock.spanMs + clock.settleMs - clock.now.getTime();
  return waitMs <= clocksDifferMs ? { again: Math.max(waitMs, 1) } : done;
}

/** The version waits for its first row, from now on or again. */
async function begin({ ports, model, versionId, since }: Gathering, known: LiveBaselineRow | undefined): Promise<void> {
  const nothingYet = {
    ...{ since, seenSeq: 0, startsAt: undefined, endsAt: undefined, asOfSeq: undefined, madeAt: undefined },
    ...{ policyRevisionId: undefined, rowCount: undefined, reason: undefined },
  };
  await ports.state.transaction(async (tx) => {
    if (known !== undefined) {
      const { id, state: from, epoch } = known;
      await tx.liveBaselines.transition({ id, from, epoch, to: "waiting", set: nothingYet });
      return;
    }
    const row = { id: ports.ids.next(), modelId: model.id, versionId, state: "waiting", epoch: 0 } as const;
    await tx.liveBaselines.insert({ ...row, ...nothingYet });
  });
}

/** Looks for the version's first row in what came since the last look. */
async function look({ ports, model, versionId, since }: Gathering, known: LiveBaselineRow, spanMs: number) {
  const { state, log, engine } = ports;
  const from = firstWholeHour(since);
  const { name } = await state.versions.get(versionId);
  const files = await state.log.files(model.id, "predictions", { from, asOfSeq: model.logSeq });
  const paths = files.filter(({ seq }) => seq > known.seenSeq).map((file) => log.locate(file));
  const groups =
    paths.length === 0
      ? []
      : await engine.count({
          files: { paths, format: "parquet" },
          bins: [],
          byHour: true,
          filter: { from, modelVersion: name },
        });
  const startsAt = groups.flatMap(({ hour, counts }) => (hour === undefined || counts.rows === 0 ? [] : [hour]))[0];
  const seen = { seenSeq: model.logSeq };
  const { id, epoch } = known;
  await state.transaction(async (tx) => {
    if (startsAt === undefined) {
      await tx.liveBaselines.transition({ id, from: "waiting", epoch, to: "waiting", set: seen });
      return;
    }
    const endsAt = new Date(startsAt.getTime() + spanMs);
    const set = { ...seen, startsAt, endsAt };
    if (!(await tx.liveBaselines.transition({ id, from: "waiting", epoch, to: "gathering", set }))) return;
    await tx.records.append({
      ...{ actor: systemActor, at: ports.clock.now(), kind: "live baseline begun", subject: model.name },
      payload: { version: name, from: startsAt.toISOString(), until: endsAt.toISOString() },
    });
  });
}

/** What it is made of is settled before it is made: whoever makes it again makes the same. */
async function pin({ ports, model }: Gathering, { id, epoch }: LiveBaselineRow, endsAt: Date): Promise<void> {
  const { logSeq: asOfSeq, policyRevision: policyRevisionId } = model;
  const set = { endsAt, asOfSeq, madeAt: ports.clock.now(), policyRevisionId };
  await ports.state.transaction((tx) =>
    tx.liveBaselines.transition({ id, from: "gathering", epoch, to: "making", set }),
  );
}

/** What cannot be made, however often it is tried, leaves the baseline before in its place. */
export async function giveUpGathering(
  ports: GatherPorts,
  { modelId, taskId, reason }: { readonly modelId: string; readonly taskId: string; readonly reason: string },
): Promise<void> {
  const model = await ports.state.models.get(modelId);
  const known = model.championVersion && (await ports.state.liveBaselines.ofVersion(model.championVersion));
  if (known === undefined || known === "" || known.startsAt === undefined) return;
  if (known.state !== "gathering" && known.state !== "making") return;
  await keepFormer(ports, { model, known, rows: known.rowCount, reason: `it could not be made: ${reason}`, taskId });
}
