// One command on a fresh clone: installs what is missing, builds, and runs the demo. Arguments pass through.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import "./require-node.mjs";

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync("node_modules/bullmq")) run("npm", ["ci", "--no-audit", "--no-fund"]);
run(process.execPath, ["scripts/build.mjs"]);
run(process.execPath, ["dist/src/main.js", "demo", ...process.argv.slice(2)]);
