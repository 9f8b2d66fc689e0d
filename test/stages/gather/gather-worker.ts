// A process of its own that makes a live baseline up to a step, says so and waits there to be killed.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { createDuckDbEngine } from "../../../src/adapters/duckdb/engine.ts";
import { createParquetLog } from "../../../src/adapters/parquet-log/parquet-log.ts";
import { openPostgresState } from "../../../src/adapters/postgres/open-postgres-state.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import { gather } from "../../../src/stages/gather/gather.ts";

const { connection, schema, folder, modelId, now, step } = JSON.parse(process.argv[2] ?? "{}");
const state = await openPostgresState({ connection, schema, poolSize: 2 });
const log = createParquetLog(join(folder, "log"));
const engine = createDuckDbEngine({ allowedDirectories: [folder], tempDirectory: join(folder, "tmp") });

async function here(name: string): Promise<void> {
  if (name !== step) return;
  console.log(`at ${name}`);
  await new Promise(() => setInterval(() => undefined, 1_000));
}

await gather(
  {
    state: {
      ...state,
      liveBaselines: state.liveBaselines,
      // The last transaction is the one that stores.
      transaction: async (work) => {
        const known = (await state.liveBaselines.ofModel(modelId))[0];
        if (known?.state === "making") await here("store");
        return state.transaction(work);
      },
    },
    log: {
      ...log,
      takeBaseline: async (...take) => {
        await here("write");
        return log.takeBaseline(...take);
      },
    },
    engine,
    clock: { now: () => new Date(now) },
    ids: { next: () => randomUUID() },
    policies: {
      async of(id) {
        const parsed = parsePolicy((await state.policies.get(id)).source, "policies/test.yaml");
        if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
        return parsed.policy;
      },
    },
  },
  { modelId },
);
console.log("done");
process.exit(0);
