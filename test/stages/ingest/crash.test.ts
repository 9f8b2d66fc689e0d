import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { State } from "../../../src/ports/state.ts";
import { discardOrphans } from "../../../src/stages/discard-orphans.ts";
import { ingest } from "../../../src/stages/ingest.ts";
import { openTestLog, type TestLog, testActor } from "../../support/open-test-log.ts";
import { openTestState, type TestState } from "../../support/open-test-state.ts";

let state: TestState;
let log: TestLog;
beforeAll(async () => {
  state = await openTestState();
  log = await openTestLog();
});
afterAll(async () => {
  await log.close();
  await state.close();
});

const rows = Array.from({ length: 40 }, (_, n) => ({
  prediction_id: `p${String(n).padStart(2, "0")}`,
  timestamp: `2026-05-0${1 + (n % 2)}T00:00:00Z`,
  model_version: "v",
  prediction: n,
}));
const allIds = rows.map((row) => row.prediction_id);

/** A state whose n-th transaction is where the process dies: before anything is committed, or right after. */
function dyingState(n: number, when: "before" | "after"): State {
  let transactions = 0;
  return {
    ...state,
    transaction: async (work) => {
      transactions += 1;
      if (transactions === n && when === "before") throw new Error("died");
      const result = await state.transaction(work);
      if (transactions === n) throw new Error("died");
      return result;
    },
  };
}

const at = (name: string, own: State = state) =>
  ingest(log.ports(own), { model: name, kind: "predictions", actor: testActor, from: { rows }, chunkRows: 10 });

test.each([
  [1, "before"],
  [1, "after"],
  [3, "before"],
  [3, "after"],
  [5, "before"],
] as const)("dying at transaction %d, %s its commit: sent again, the log is complete", async (n, when) => {
  const model = `dies-${n}-${when}`;
  await expect(at(model, dyingState(n, when))).rejects.toThrow("died");
  const committed = (await log.rows(state, model)).length;
  expect(committed).toBe(10 * Math.min(4, when === "after" ? n : n - 1));
  const again = await at(model);
  expect(again).toMatchObject({ accepted: 40 - committed, known: committed, refused: 0, already: false });
  expect((await log.rows(state, model)).map((row) => row.prediction_id)).toEqual(allIds);
  const found = await state.models.find(model);
  expect(found?.logSeq).toBe((await state.log.files(found?.id ?? "", "predictions", {})).length);
});

test("dying after the very last commit: sent again, it is known as read", async () => {
  await expect(at("last", dyingState(5, "after"))).rejects.toThrow("died");
  expect(await at("last")).toMatchObject({ already: true, accepted: 40 });
});

test("files that never came into the log are cleared away, young ones left alone, those of the log kept", async () => {
  const model = "orphans";
  await at(model);
  const before = log.files().length;
  await expect(
    ingest(log.ports(dyingState(1, "before")), {
      model,
      kind: "labels",
      actor: testActor,
      from: { rows: [{ prediction_id: "p", label: 1, label_timestamp: "2026-05-05" }] },
    }),
  ).rejects.toThrow("died");
  expect(log.files()).toHaveLength(before + 1);
  const ports = log.ports(state);
  expect(await discardOrphans(ports)).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  // The earlier tests left their own behind as well.
  expect(await discardOrphans(ports, 5)).toBeGreaterThan(0);
  expect(await discardOrphans(ports, 5)).toBe(0);
  const known = await state.sql("select id from log_file");
  expect([...log.files()].sort()).toEqual(known.map(({ id }) => `${String(id)}.parquet`).sort());
});

test("killed with -9 again and again, and the rows are there once", async () => {
  const file = log.write("killed.ndjson", `${bigRows().join("\n")}\n`);
  const child = () =>
    spawn(process.execPath, ["--import", "./test/support/typescript.mjs", "test/stages/ingest/ingest-child.ts"], {
      env: { ...process.env, CHILD: JSON.stringify({ ...connectionOf(state), folder: log.folder, file }) },
      stdio: ["ignore", "pipe", "inherit"],
    });
  for (const commits of [1, 3]) {
    const running = child();
    await new Promise<void>((resolve, reject) => {
      let seen = 0;
      running.stdout.on("data", (text: Buffer) => {
        seen += text.toString().split("committed").length - 1;
        if (seen >= commits) running.kill("SIGKILL");
      });
      running.once("exit", (code, signal) =>
        signal === "SIGKILL" ? resolve() : reject(new Error(`ended with ${code}`)),
      );
    });
  }
  const interrupted = (await log.rows(state, "killed")).length;
  expect(interrupted).toBeGreaterThan(0);
  expect(interrupted).toBeLessThan(2_000);
  const result = await ingest(log.ports(state), {
    model: "killed",
    kind: "predictions",
    actor: testActor,
    from: { file },
    chunkRows: 100,
  });
  expect(result).toMatchObject({ accepted: 2_000 - interrupted, known: interrupted, refused: 0 });
  const kept = await log.rows(state, "killed");
  expect(new Set(kept.map((row) => row.prediction_id)).size).toBe(2_000);
  expect(kept).toHaveLength(2_000);
});

function bigRows(): readonly string[] {
  return Array.from({ length: 2_000 }, (_, n) =>
    JSON.stringify({ prediction_id: `k${n}`, timestamp: "2026-05-01T00:00:00Z", model_version: "v", prediction: n }),
  );
}

function connectionOf(own: TestState) {
  return { connection: own.connection, schema: own.schema };
}
