// One command on a fresh clone: installs what is missing, builds, and runs every test. Arguments pass through to jest.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import "./require-node.mjs";

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync("node_modules/bullmq")) run("npm", ["ci", "--no-audit", "--no-fund"]);
run(process.execPath, ["scripts/build.mjs"]);
run(process.execPath, ["scripts/jest.mjs", ...process.argv.slice(2)]);
