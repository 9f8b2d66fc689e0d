// A process of its own that decides a model's checks until it is killed.
import { openPostgresState } from "../../../src/adapters/postgres/open-postgres-state.ts";
import { decide } from "../../../src/stages/decide/decide.ts";
import { portsOf } from "./world.ts";

const { connection, schema, folder, modelId } = JSON.parse(process.argv[2] ?? "{}");
const state = await openPostgresState({ connection, schema, poolSize: 2 });
const ports = portsOf(state, folder, {});
console.log("ready");
await decide(ports, { modelId });
console.log("end");
process.exit(0);
