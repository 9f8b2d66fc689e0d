// A process of its own that works a run's tasks until it is killed: prints each state it meets. Told to, it stops itself in
// a state of the run: with its work done, before the transaction of its effect.
import { openPostgresState } from "../../../src/adapters/postgres/open-postgres-state.ts";
import type { State } from "../../../src/ports/state.ts";
import { portsOf, work } from "./world.ts";

const { connection, schema, folder, stopIn } = JSON.parse(process.argv[2] ?? "{}");
const opened = await openPostgresState({ connection, schema, poolSize: 2 });
let hasStopped = stopIn === undefined;

async function stopHere(): Promise<void> {
  const [task] = (await opened.outbox.open(100)).filter(({ kind }) => kind === "run");
  if (task === undefined || (await opened.runs.get(task.subject)).state !== stopIn) return;
  hasStopped = true;
  await new Promise((resolve) => process.stdout.write(`stops, ${stopIn}\n`, resolve));
  process.kill(process.pid, "SIGSTOP");
}

const transaction: State["transaction"] = async (act) => {
  if (!hasStopped) await stopHere();
  return opened.transaction(act);
};
const state = { ...opened, transaction };
console.log("ready");
const run = await work({ state }, portsOf(state, folder, { trainer: "slow" }), (seen) => {
  console.log(seen.state);
  return false;
});
console.log(`end ${run?.state}`);
process.exit(0);
