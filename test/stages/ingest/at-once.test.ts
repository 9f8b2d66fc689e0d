import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { State } from "../../../src/ports/state.ts";
import { type IngestInput, ingest } from "../../../src/stages/ingest.ts";
import { openTestLog, type TestLog, testActor } from "../../support/open-test-log.ts";
import { openTestState, type TestState } from "../../support/open-test-state.ts";

let state: TestState;
let other: State;
let log: TestLog;
beforeAll(async () => {
  state = await openTestState();
  other = await state.another();
  log = await openTestLog();
});
afterAll(async () => {
  await log.close();
  await state.close();
});

let models = 0;
const freshModel = (): string => {
  models += 1;
  return `m${models}`;
};

interface Row {
  readonly prediction_id: string;
  readonly timestamp: string;
  readonly model_version: string;
  readonly prediction: number;
  readonly x: number;
}

function rowOf(n: number): Row {
  const timestamp = `2026-05-0${1 + (n % 3)}T${String(n % 24).padStart(2, "0")}:00:00Z`;
  return { prediction_id: `p${n}`, timestamp, model_version: "v", prediction: n, x: n };
}

function take(own: State, model: string, from: IngestInput["from"], chunkRows: number) {
  return ingest(log.ports(own), { model, kind: "predictions", actor: testActor, from, chunkRows });
}

/** What must hold of any log: sequence numbers without gaps, files on disk, rows as many as their files say. */
async function expectWhole(model: string, ids: readonly string[]): Promise<void> {
  const row = await state.models.find(model);
  const files = await state.log.files(row?.id ?? "", "predictions", {});
  expect(files.map(({ seq }) => seq)).toEqual(files.map((_, index) => index + 1));
  expect(row?.logSeq).toBe(files.length);
  const rows = await log.rows(state, model);
  expect(rows.map((each) => each.prediction_id)).toEqual([...new Set(ids)].sort());
  expect(files.reduce((sum, file) => sum + file.rowCount, 0)).toBe(rows.length);
}

describe("at once", () => {
  test.each([1, 2, 3])("the same file twice: each row once, one ingest remembered (%d)", async () => {
    const model = freshModel();
    const rows = Array.from({ length: 60 }, (_, n) => rowOf(n));
    const results = await Promise.all([take(state, model, { rows }, 7), take(other, model, { rows }, 7)]);
    await expectWhole(
      model,
      rows.map((row) => row.prediction_id),
    );
    expect(results.map(({ accepted, known }) => accepted + known)).toEqual([60, 60]);
    expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(60);
    const ingests = await state.sql("select id from ingest where model_id = $1", [results[0].modelId]);
    expect(ingests).toHaveLength(1);
    expect(await take(state, model, { rows }, 7)).toMatchObject({ already: true });
  });

  test("files that overlap, from two sides", async () => {
    const model = freshModel();
    const rows = Array.from({ length: 80 }, (_, n) => rowOf(n));
    const parts = [rows.slice(0, 50), rows.slice(30).reverse(), rows.slice(10, 70)];
    await Promise.all(parts.map((part, n) => take(n % 2 === 0 ? state : other, model, { rows: part }, 9)));
    await expectWhole(
      model,
      rows.map((row) => row.prediction_id),
    );
  });

  test("one id with two contents: one is kept, the other refused", async () => {
    const model = freshModel();
    const [one, two] = [0, 1].map((x) => Array.from({ length: 20 }, (_, n) => ({ ...rowOf(n), x })));
    const results = await Promise.all([
      take(state, model, { rows: one ?? [] }, 5),
      take(other, model, { rows: two ?? [] }, 5),
    ]);
    expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(20);
    expect(results.reduce((sum, { refused }) => sum + refused, 0)).toBe(20);
    await expectWhole(
      model,
      Array.from({ length: 20 }, (_, n) => `p${n}`),
    );
  });

  test("two files that would type a new column differently: the first to commit does", async () => {
    const model = freshModel();
    await take(state, model, { rows: [{ ...rowOf(0), x: undefined }] }, 5);
    const rows = (ids: string, x: unknown) =>
      Array.from({ length: 5 }, (_, n) => ({ ...rowOf(n), prediction_id: `${ids}${n}`, x }));
    const [one, two] = meetingStates(state, other);
    const results = await Promise.all([
      take(one, model, { rows: rows("a", 1) }, 5),
      take(two, model, { rows: rows("b", "one") }, 5),
    ]);
    expect(results.map(({ accepted }) => accepted)).toEqual([5, 5]);
    const kind = (await state.models.find(model))?.features.x;
    const kept = (await log.rows(state, model)).map((row) => [row.x, row._invalid]);
    const [number, text] = kind === "numeric" ? [1, [null, '["x"]']] : ["1", ["one", null]];
    const times = <Value>(value: Value) => Array.from({ length: 5 }, () => value);
    expect(kept).toEqual([...times([number, null]), ...times(text), [null, null]]);
  });
});

/** Two states whose users have both read the model before either goes on to change it. */
function meetingStates(...states: readonly [State, State]): readonly [State, State] {
  let arrived = 0;
  let open: () => void = () => undefined;
  const bothThere = new Promise<void>((resolve) => {
    open = resolve;
  });
  const meeting = (own: State): State => {
    let looks = 0;
    const find: State["models"]["find"] = async (name) => {
      const found = await own.models.find(name);
      looks += 1;
      // The first look is to begin with, the second one before the chunk.
      if (looks === 2) {
        arrived += 1;
        if (arrived === states.length) open();
        await bothThere;
      }
      return found;
    };
    return { ...own, models: { ...own.models, find } };
  };
  return [meeting(states[0]), meeting(states[1])];
}

test("nothing that lost a race stays on disk", async () => {
  const known = new Set<string>();
  for (const model of await state.models.list())
    for (const { id } of await state.log.files(model.id, "predictions", {})) known.add(`${id}.parquet`);
  expect(log.files().filter((name) => !known.has(name))).toEqual([]);
});

test("any division of rows into files, in any order, repeats and size of chunks, gives the same log", async () => {
  const row = fc.record({ n: fc.nat({ max: 30 }), file: fc.nat({ max: 3 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 3, max: 15 }),
      async (rows, size) => {
        const model = freshModel();
        for (const file of new Set(rows.map((each) => each.file))) {
          const part = rows.filter((each) => each.file === file).map(({ n }) => rowOf(n));
          if (file % 2 === 0) await take(state, model, { rows: part }, size);
          else {
            const lines = part.map((each) => Object.values(each).join(","));
            const header = "prediction_id,timestamp,model_version,prediction,x";
            await take(state, model, { file: log.write("part.csv", [header, ...lines].join("\n")) }, size);
          }
        }
        await expectWhole(
          model,
          rows.map(({ n }) => `p${n}`),
        );
        const kept = await log.rows(state, model);
        for (const each of kept)
          expect([each.prediction, each.x]).toEqual(Array(2).fill(Number(String(each.prediction_id).slice(1))));
      },
    ),
    { numRuns: 8 },
  );
});
