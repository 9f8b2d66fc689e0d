// A process of its own that works the queue `checks`: prints what it starts and ends; a task's subject is how long it takes.
import { createBullMqQueue } from "../../src/adapters/bullmq/queue.ts";
import { pause } from "../support/wait-for.ts";

const { backend, prefix, options } = JSON.parse(process.argv[2] ?? "{}");
const print = (line: string) => process.stdout.write(`${line}\n`);
const say = (fields: { error?: Error }, message: string) => print(`log: ${message} ${fields.error?.message ?? ""}`);
const queue = createBullMqQueue({ backend, prefix, logger: { debug: say, info: say, warn: say, error: say } });
await queue.work("checks", options, async (data) => {
  const task = data as { id: string; subject: string };
  print(`start ${task.id}`);
  await pause(Number(task.subject));
  print(`end ${task.id}`);
});
print("ready");
