import { AttemptFolder } from "./attempt-folder.ts";
import { supervise } from "./supervise.ts";

// A process of its own that lives until its program ends: `node supervisor-main.js <root> <key>`.
const [, , root = "", key = ""] = process.argv;
const toldToStop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => toldToStop.abort());
process.on("SIGHUP", () => undefined);
await supervise(new AttemptFolder(root, key), process.env, toldToStop.signal);
