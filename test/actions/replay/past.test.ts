import { expect, test } from "@jest/globals";
import { openPast, type ReplayPorts } from "../../../src/actions/replay/past.ts";
import type { ModelRow } from "../../../src/ports/state.ts";

test("runs that promoted are looked for among those that were read already", async () => {
  const asked: string[] = [];
  const at = new Date(0);
  const none = async () => [];
  const run = (number: number) => ({ id: `run-${number}`, number, createdAt: at, state: "promoted" });
  const change = (runId: string) => ({ at, versionId: runId, baselineId: runId, runId });
  const state = {
    log: { files: none, arrivals: none },
    checks: { after: none },
    quarantines: { list: none },
    aliases: { history: async () => ["run-1", "run-2"].map(change) },
    versions: { get: async (id: string) => ({ id, name: id }) },
    runs: {
      // The older one is beyond those that are looked back on.
      recent: async () => [run(2)],
      get: async (id: string) => {
        asked.push(id);
        return run(1);
      },
    },
  };
  const past = await openPast({ state } as unknown as ReplayPorts, { id: "m" } as ModelRow);
  expect(past.promotions.map((one) => one.run)).toEqual([1, 2]);
  expect(asked).toEqual(["run-1"]);
});
