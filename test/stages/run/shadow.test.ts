import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { route } from "../../../src/actions/route.ts";
import { shadowStatus } from "../../../src/actions/shadow-status.ts";
import { createRejectFiles } from "../../../src/adapters/parquet-log/reject-files.ts";
import { rowReader } from "../../../src/adapters/readers/row-reader.ts";
import { systemActor } from "../../../src/core/actor.ts";
import type { RunRow } from "../../../src/ports/state.ts";
import { type IngestInput, ingest } from "../../../src/stages/ingest.ts";
import { advanceRun } from "../../../src/stages/run/advance.ts";
import { compareShadow } from "../../../src/stages/run/shadow.ts";
import { now, openWorld, startPromoting, type World } from "./world.ts";

let world: World;
let clock: Date;
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

beforeEach(async () => {
  world = await openWorld({ promote: "promote: { approval: none, steps: [shadow 2h] }" });
  clock = now;
  Object.assign(world.ports, { clock: { now: () => clock } });
});
afterEach(() => world.close());

/** Rows of a minute each; the challenger says what `differs` asks for. */
function rows(version: string, count: number, differs: (n: number) => boolean = () => false): readonly object[] {
  return Array.from({ length: count }, (_, n) => {
    const score = (n % 10) / 10 + (differs(n) ? 0.5 : 0);
    return {
      ...{ prediction_id: `s${n}`, timestamp: later(n + 1).toISOString(), model_version: version, x: n, plan: "pro" },
      ...{ prediction: score >= 0.5 ? 1 : 0, score },
    };
  });
}

function take(kind: IngestInput["kind"], given: readonly object[]) {
  const ports = { ...world.ports, rejects: createRejectFiles(join(world.folder, "rejects")), reader: rowReader };
  return ingest(ports, { model: "churn", kind, from: { rows: given }, actor: systemActor });
}

async function advance(): Promise<RunRow> {
  const run = (await world.state.runs.recent(world.model.id, 1))[0];
  if (run === undefined) throw new Error("no run");
  await advanceRun(world.ports, { runId: run.id, epoch: run.epoch });
  return world.state.runs.get(run.id);
}

test("in shadow a challenger is routed beside the champion, and its rows are kept apart", async () => {
  expect(await take("shadow", rows("2", 1))).toMatchObject({
    accepted: 0,
    reasons: [expect.stringContaining("no version")],
  });
  await startPromoting(world);
  expect(await advance()).toMatchObject({ state: "promoting", step: "shadow" });
  expect(await route(world.state, "churn")).toMatchObject({
    champion: { version: "1" },
    challenger: { version: "2", artifact: "models/2", run: 1 },
  });
  expect(await take("predictions", rows("1", 60))).toMatchObject({ accepted: 60, refused: 0 });
  expect(await take("shadow", rows("2", 60))).toMatchObject({ accepted: 60, refused: 0 });
  expect(await take("shadow", rows("1", 1))).toMatchObject({
    ...{ accepted: 0, reasons: [expect.stringContaining("expected rows of version 2")] },
  });
  expect(await take("predictions", rows("2", 1))).toMatchObject({
    ...{ accepted: 0, reasons: [expect.stringContaining("is tried in shadow")] },
  });
  const live = await world.state.log.files(world.model.id, "predictions", { from: later(0) });
  expect(live.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(60);
});

test("what both said of the same predictions is compared", async () => {
  await startPromoting(world);
  const run = await advance();
  await take("predictions", rows("1", 100));
  await take(
    "shadow",
    rows("2", 80, (n) => n % 10 === 0),
  );
  const model = await world.state.models.get(world.model.id);
  // Eight of eighty say 0.5 for 0: another class, half a point more, and so far are the distributions apart.
  expect(await compareShadow(world.ports, model, run, later(120))).toEqual({
    ...{ champion: 100, challenger: 80, compared: 80, agreeing: 72 },
    ...{ meanDifference: expect.closeTo(0.05, 12), distance: expect.closeTo(0.1, 12) },
  });
});

test("at its end a challenger that answered is champion; nothing happens before", async () => {
  await startPromoting(world);
  await advance();
  await take("predictions", rows("1", 100));
  await take("shadow", rows("2", 97));
  clock = later(121);
  expect(await advance()).toMatchObject({ state: "promoting", step: "shadow" });
  const waiting = (await world.state.outbox.open(100)).filter(({ key }) => key.endsWith("-shadow"));
  expect(waiting).toHaveLength(1);
  clock = later(131);
  expect(await shadowStatus(world.ports, "churn")).toMatchObject({
    ...{ challenger: "2", until: later(120), said: expect.stringMatching(/^97 predictions compared, 100 % the same/) },
  });
  const run = await advance();
  expect(run).toMatchObject({ state: "promoted", outcome: "version 2 is champion" });
  const [record] = await world.state.records.newest({ subjects: [run.id], kind: "run promoted" }, 1);
  expect(JSON.parse(record?.payload ?? "{}")).toMatchObject({ shadow: { champion: 100, compared: 97 } });
  expect(await shadowStatus(world.ports, "churn")).toBeUndefined();
  expect((await route(world.state, "churn")).challenger).toBeUndefined();
});

test("at its end a challenger that did not is stopped with the reason", async () => {
  await startPromoting(world);
  await advance();
  await take("predictions", rows("1", 100));
  await take("shadow", rows("2", 40));
  clock = later(131);
  expect(await advance()).toMatchObject({
    state: "rejected",
    outcome:
      "in shadow: the challenger answered 40 of the 100 predictions of the champion, and 95 % are needed (40 predictions compared, 100 % the same, mean difference 0, distributions 0 apart)",
  });
  expect((await world.state.models.get(world.model.id)).championEpoch).toBe(1);
});
