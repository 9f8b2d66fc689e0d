// A process of its own that works a run's tasks until it is killed: prints each state it meets.
import { openPostgresState } from "../../../src/adapters/postgres/open-postgres-state.ts";
import { portsOf, work } from "./world.ts";

const { connection, schema, folder } = JSON.parse(process.argv[2] ?? "{}");
const state = await openPostgresState({ connection, schema, poolSize: 2 });
console.log("ready");
const run = await work({ state }, portsOf(state, folder, { trainer: "slow" }), (seen) => {
  console.log(seen.state);
  return false;
});
console.log(`end ${run?.state}`);
process.exit(0);
