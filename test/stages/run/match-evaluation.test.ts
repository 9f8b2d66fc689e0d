import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, expect, test } from "@jest/globals";
import picocolors from "picocolors";
import { evaluationRows } from "../../../src/actions/evaluation-rows.ts";
import { shadowOfRun } from "../../../src/actions/shadow-status.ts";
import { createRejectFiles } from "../../../src/adapters/parquet-log/reject-files.ts";
import { rowReader } from "../../../src/adapters/readers/row-reader.ts";
import type { CliContext } from "../../../src/cli/context.ts";
import { runCommandLine } from "../../../src/cli/program.ts";
import { loadConfig } from "../../../src/config.ts";
import { type Actor, systemActor } from "../../../src/core/actor.ts";
import type { Services } from "../../../src/ports/services.ts";
import type { LogFileRow, RunRow } from "../../../src/ports/state.ts";
import { type IngestInput, ingest } from "../../../src/stages/ingest.ts";
import { advanceRun } from "../../../src/stages/run/advance.ts";
import { now, openWorld, startPromoting, type World } from "./world.ts";

let world: World;
let clock: Date;
const minute = 60_000;
const day = 1_440 * minute;
const later = (minutes: number) => new Date(now.getTime() + minutes * minute);
const person: Actor = { kind: "person", id: "ada" };
afterEach(() => world.close());

/** A run in shadow whose candidate said of every evaluation row what `candidate` says of its x. */
async function openShadow(more = ""): Promise<RunRow> {
  world = await openWorld({ promote: `promote: { approval: none, steps: [shadow 2h]${more} }` });
  clock = now;
  Object.assign(world.ports, { clock: { now: () => clock } });
  const { state, ports, model } = world;
  const started = await startPromoting(world);
  const files = async (kind: "predictions" | "labels") => {
    const found: readonly LogFileRow[] = await state.log.files(model.id, kind, {});
    return { paths: found.map((file) => ports.log.locate(file)), format: "parquet" } as const;
  };
  const [cut, until] = [new Date(now.getTime() - 10 * day), new Date(now.getTime() - 2 * day)];
  await ports.folders.prepare(started.id, 1, async ({ training, evaluation, output, key }) => {
    const [predictions, labels] = [await files("predictions"), await files("labels")];
    const paths = { trainingPath: training, evaluationPath: evaluation, keyPath: key };
    const written = await ports.engine.writeRunData({ predictions, labels, cut, until, seed: 1, ...paths });
    await query(
      `COPY (SELECT id, (s > 0.5)::DOUBLE AS prediction, s AS score FROM (SELECT id, ${candidate} AS s FROM '${evaluation}'))
       TO '${join(output, "predictions.parquet")}' (FORMAT parquet)`,
    );
    return { ...written, cut: cut.toISOString(), until: until.toISOString() };
  });
  await advance();
  return state.runs.get(started.id);
}

const candidate = "1 / (1 + exp(5 - x))";

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const database = await (await DuckDBInstance.create(":memory:")).connect();
  const rows = (await database.runAndReadAll(sql)).getRowObjectsJS();
  database.closeSync();
  return rows;
}

async function advance(): Promise<RunRow> {
  const [run] = await world.state.runs.recent(world.model.id, 1);
  if (run === undefined) throw new Error("no run");
  await advanceRun(world.ports, { runId: run.id, epoch: run.epoch });
  return world.state.runs.get(run.id);
}

function take(kind: IngestInput["kind"], given: readonly object[]) {
  const ports = { ...world.ports, rejects: createRejectFiles(join(world.folder, "rejects")), reader: rowReader };
  return ingest(ports, { model: "churn", kind, from: { rows: given }, actor: systemActor });
}

/** What the service of the challenger does: reads the rows that it is given and logs what its artifact says of them. */
async function serve(run: RunRow, said = candidate, where = "true"): Promise<void> {
  const { path } = await evaluationRows(world.ports, { run: run.number, format: "parquet", actor: person });
  const rows = await query(
    `SELECT prediction_id, strftime(timestamp, '%Y-%m-%dT%H:%M:%SZ') AS timestamp, model_version, x, plan,
       (s > 0.5)::DOUBLE AS prediction, s AS score FROM (SELECT *, ${said} AS s FROM '${path}') WHERE ${where}`,
  );
  expect(await take("shadow", rows)).toMatchObject({ accepted: rows.length, refused: 0 });
}

/** Both versions answer what the champion is asked meanwhile, and the step ends. */
async function endShadow(): Promise<RunRow> {
  const rows = (version: string) =>
    Array.from({ length: 20 }, (_, n) => ({
      ...{ prediction_id: `s${n}`, timestamp: later(n + 1).toISOString(), model_version: version, x: n, plan: "pro" },
      ...{ prediction: n % 2, score: (n % 2) * 0.9 },
    }));
  await take("predictions", rows("1"));
  await take("shadow", rows("2"));
  clock = later(131);
  return advance();
}

const payloadOf = async (run: RunRow, kind: string): Promise<Record<string, unknown>> =>
  JSON.parse((await world.state.records.newest({ subjects: [run.id], kind }, 1))[0]?.payload ?? "{}");

test("a challenger that says of the evaluation rows what its trainer filed is promoted, and the trail says so", async () => {
  const run = await openShadow(", evaluation_rows: required");
  await serve(run);
  const status = await shadowOfRun(world.ports, run.number);
  expect(status.evaluation).toMatchObject({ required: true, differing: 0 });
  const rows = status.evaluation?.rows ?? 0;
  expect(rows).toBeGreaterThan(100);
  expect(status.evaluation?.said).toBe(`${rows} of ${rows} evaluation rows logged, all as in the candidate's file`);
  // They are of the past: not among what the champion is asked meanwhile.
  expect(status.comparison).toMatchObject({ challenger: 0, compared: 0 });
  const woken = async () => (await world.state.outbox.open(100)).filter(({ key }) => key.includes("-rows-")).length;
  expect(await woken()).toBe(1);
  clock = later(20);
  await take("shadow", [
    {
      prediction_id: "live",
      timestamp: later(19).toISOString(),
      model_version: "2",
      x: 1,
      plan: "pro",
      prediction: 1,
      score: 0.9,
    },
  ]);
  // What is logged now is compared at the end.
  expect(await woken()).toBe(1);
  expect(await endShadow()).toMatchObject({ state: "promoted" });
  expect(await payloadOf(run, "run promoted")).toMatchObject({ evaluation: { rows, logged: rows, differing: 0 } });
  expect(await payloadOf(run, "evaluation rows handed out")).toEqual({
    ...{ run: run.number, model: "churn", candidate: "2", rows },
  });
});

test("one that says something else is stopped as soon as its rows are looked at, with the numbers, and the owners are told", async () => {
  const run = await openShadow();
  // Its features in another order, as far as some rows are concerned.
  await serve(run, `CASE WHEN x > 9 THEN 1 - ${candidate} ELSE ${candidate} END`);
  const woken = (await world.state.outbox.open(100)).filter(({ key }) => key.includes("-rows-"));
  expect(woken).toMatchObject([{ kind: "run", subject: run.id, epoch: run.epoch }]);
  clock = later(5);
  const ended = await advance();
  const { evaluation } = (await payloadOf(run, "run rejected")) as {
    evaluation: { rows: number; differing: number; worst: { id: string; filed: number; logged: number } };
  };
  expect(ended.state).toBe("rejected");
  expect(evaluation.differing).toBeGreaterThan(5);
  expect(evaluation.differing).toBeLessThan(evaluation.rows / 4);
  const { id, filed, logged } = evaluation.worst;
  expect(id).toMatch(new RegExp(`^evaluation-${run.number}-r\\d+$`));
  expect(filed + logged).toBeCloseTo(1, 12);
  expect(ended.outcome).toMatch(
    /^in shadow: what serves is not the candidate that was judged: \d+ of \d+ logged evaluation rows differ from the candidate's file; most differs evaluation-\d+-r\d+ in (prediction|score) \(before the end of the shadow\)$/,
  );
  const [mail] = await world.state.notifications.ofSubject(run.id);
  expect(mail).toMatchObject({ kind: "rejected", body: { outcome: ended.outcome } });
});

test("rows that the log has under their predictions' own ids are compared without further work", async () => {
  const run = await openShadow();
  const { key } = world.ports.folders.paths(run.id, 1);
  const rows = await query(
    `SELECT prediction_id, '2024-02-28T00:01:00Z' AS timestamp, '2' AS model_version, 1.0 AS x, 'pro' AS plan,
       1.0 AS prediction, 0.75 AS score FROM '${key}' LIMIT 3`,
  );
  await take("shadow", rows);
  expect(await advance()).toMatchObject({
    state: "rejected",
    outcome: expect.stringMatching(
      /3 of 3 logged evaluation rows differ from the candidate's file; most differs evaluation-\d+-r\d+ in /,
    ),
  });
});

test("where the policy requires them, too few of them end the run with the shadow, and not before", async () => {
  const run = await openShadow(", evaluation_rows: required");
  await serve(run, candidate, "x < 5");
  expect(await advance()).toMatchObject({ state: "promoting", step: "shadow" });
  expect(await endShadow()).toMatchObject({
    state: "rejected",
    outcome: expect.stringMatching(
      /^in shadow: the challenger logged \d+ of \d+ evaluation rows, and 95 % are required \(20 predictions compared/,
    ),
  });
});

test("none need be logged unless the policy requires them; they are handed out while a run is promoted, and then no more", async () => {
  const run = await openShadow();
  for (const format of ["csv", "ndjson", "parquet"] as const) {
    const { path, rows } = await evaluationRows(world.ports, { run: run.number, format, actor: person });
    const [first, ...others] = await query(`SELECT * FROM '${path}'`);
    expect(Object.keys(first ?? {})).toEqual(["prediction_id", "timestamp", "model_version", "plan", "x"]);
    expect(first?.prediction_id).toBe(`evaluation-${run.number}-r1`);
    expect(String(first?.model_version)).toBe("2");
    expect(others).toHaveLength(rows - 1);
  }
  expect(await endShadow()).toMatchObject({ state: "promoted" });
  const refused = evaluationRows(world.ports, { run: run.number, format: "csv", actor: person });
  await expect(refused).rejects.toMatchObject({ code: "Refused" });
  await expect(shadowOfRun(world.ports, run.number)).rejects.toMatchObject({ code: "Refused" });
});

/** One command line over the world's services. */
async function command(args: readonly string[]) {
  const said = { out: "", err: "", code: 0 as number };
  const notHere = async (): Promise<never> => Promise.reject(new Error("not in this test"));
  const services = { ...world.ports, state: world.state, actor: person, close: async () => undefined };
  const context: CliContext = {
    config: () => loadConfig(world.folder, { USER: "ada" }),
    actor: () => person,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    colors: picocolors.createColors(false),
    interactive: false,
    setExitCode: (code) => {
      said.code = code;
    },
    open: async () => services as unknown as Services,
    ...{ openEngine: notHere, openMailbox: notHere, openPolicySource: notHere, startWorkers: notHere, probes: notHere },
    stopped: new Promise(() => undefined),
  };
  await runCommandLine(["node", "driftward", ...args], context, "test");
  return said;
}

test("driftward shadow RUN --evaluation-rows writes them for the challenger, without labels, and says what comes next", async () => {
  const { id, number } = await openShadow();
  const file = join(world.folder, "my rows.csv");
  const said = await command(["shadow", String(number), "--evaluation-rows", file]);
  const [head = "", ...rows] = readFileSync(file, "utf8").trim().split("\n");
  expect(said).toEqual({
    code: 0,
    err: "",
    out: expect.stringContaining(`${rows.length.toLocaleString("en-US")} evaluation rows written to ${file}`),
  });
  expect(said.out).toContain("driftward ingest churn --shadow FILE");
  expect(head.split(",").sort()).toEqual(["model_version", "plan", "prediction_id", "timestamp", "x"]);
  expect(rows.every((row) => row.includes(`evaluation-${number}-`))).toBe(true);
  const [record] = await world.state.records.newest({ subjects: [id], kind: "evaluation rows handed out" }, 1);
  expect(record?.actor).toEqual(person);
  expect(JSON.parse((await command(["shadow", String(number), "--json"])).out)).toMatchObject({
    schema: "driftward/shadow/v1",
    run: number,
  });
  const wrong = await command(["shadow", String(number), "--evaluation-rows", join(world.folder, "rows.xlsx")]);
  expect(wrong).toMatchObject({ code: 3, err: expect.stringContaining("expected a file that ends in .parquet") });
});
