import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { backtestFiles } from "../../src/actions/backtest-files.ts";
import { policyFolder } from "../../src/adapters/policy-folder/policy-folder.ts";
import { testActor } from "../support/open-test-log.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
let folder: string;
beforeAll(async () => {
  world = await openWatchWorld();
  world.setNow(at(1_000));
  folder = mkdtempSync(join(tmpdir(), "driftward-backtest-"));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const csv = (rows: readonly object[]) =>
  [Object.keys(rows[0] ?? {}), ...rows.map(Object.values)].map(String).join("\n");

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const replayed = (
  policy: string,
  baseline = write("baseline.csv", csv(baselineRows)),
  onProgress: (done: number, of: number) => void = () => undefined,
) =>
  backtestFiles(
    {
      ...{ ...world.ports, state: world.state, actor: testActor, trainers: new Map() },
      policySource: policyFolder(folder, {}),
    },
    { policy, from: at(4), to: at(16), sinceMs: 0, hindsight: false, settings: [], onProgress },
    {
      predictions: [
        write("one.csv", csv(rowsBetween(0, 8))),
        write("two.csv", csv(rowsBetween(8, 16, { shift: 40, version: "2" }))),
      ],
      labels: [],
      baseline,
    },
  );

test("a policy is replayed over files as over a record, with all of them known from the start", async () => {
  const told: string[] = [];
  const tell = (done: number, of: number) => told.push(`${done}/${of}`);
  const policy = write("over-files.yaml", policyOf("over-files"));
  const { model, trials } = await replayed(policy, undefined, tell);
  const [, of = ""] = told[0]?.split("/") ?? [];
  expect(told).toEqual(Array.from({ length: Number(of) }, (_, n) => `${n + 1}/${of}`));
  expect(Number(of)).toBeGreaterThanOrEqual(13);
  expect(model).toBe("over-files");
  const [trial] = trials;
  expect(trial?.replay.checks).toHaveLength(13);
  expect(trial?.replay.checks[0]).toMatchObject({ slot: at(4), rows: 120, verdict: "ok" });
  expect(trial?.replay.checks.at(-1)).toMatchObject({ slot: at(16), rows: 120, verdict: "warning" });
  expect(trial?.replay.incidents).toMatchObject([{ rule: "inputs drifted" }]);
  // The version that came last is the one that is judged.
  expect(trial?.replay.promotions).toEqual([]);
  expect((await world.state.versions.list((await world.model("over-files")).id)).map(({ name }) => name)).toEqual([
    "2",
  ]);
});

test("a file that cannot be used, and a policy with a mistake, say why", async () => {
  const wrong = write("wrong.yaml", policyOf("wrong").replace("drift.share", "drift.shore"));
  await expect(replayed(wrong)).rejects.toThrow('there is no "shore" in drift');
  const empty = write("empty.csv", "");
  await expect(replayed(write("fine.yaml", policyOf("fine")), empty)).rejects.toThrow("the file is empty");
});
