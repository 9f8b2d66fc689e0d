/*
 * What a check costs, as CPU seconds (user + system, the child's included) against DuckDB's bare scan of the same file
 * in the same run: wall times on a shared machine say little. Needs GNU time.
 *
 *   tsc -p bench/tsconfig.json && node dist/bench/check.js FOLDER [--large] [--runs=3]
 */
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate, tables } from "./generate.ts";

interface Cost {
  readonly wall: number;
  readonly cpu: number;
  /** Of the largest process. */
  readonly megabytes: number;
}

const worker = fileURLToPath(new URL("./compare.js", import.meta.url));

function measure(...arguments_: readonly string[]): Cost {
  const run = spawnSync("/usr/bin/time", ["-f", "%e %U %S %M", process.execPath, worker, ...arguments_], {
    encoding: "utf8",
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const [wall = 0, user = 0, system = 0, kilobytes = 0] = (run.stderr.trim().split("\n").at(-1) ?? "")
    .split(" ")
    .map(Number);
  return { wall, cpu: user + system, megabytes: kilobytes / 1_024 };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const folder =
  process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? join(tmpdir(), "driftward-bench");
const runs = Number(flags.find((flag) => flag.startsWith("--runs="))?.slice(7) ?? 3);
const large = flags.includes("--large");
await generate(folder, large);
const paths = tables(folder);
const [wide, narrow] = [join(folder, "wide.profile"), join(folder, "narrow.profile")];
const cases: readonly (readonly [name: string, scanned: string, arguments_: readonly string[], runs: number])[] = [
  ["profile 1M x 50", paths.baseline, ["profile", paths.baseline, wide], runs],
  ["live 1M x 50 against a profile", paths.live, ["live", wide, paths.live], runs],
  ["two files of 1M x 50", paths.live, ["both", paths.baseline, paths.live], runs],
  ["profile 1M x 10", paths.narrowBaseline, ["profile", paths.narrowBaseline, narrow], runs],
  ["live 1M x 10 against a profile", paths.narrowLive, ["live", narrow, paths.narrowLive], runs],
  ...(large
    ? [["live 10M x 10 against a profile", paths.narrowLarge, ["live", narrow, paths.narrowLarge], 1] as const]
    : []),
];
console.log("| what | wall s | CPU s | scan CPU s | ratio | RSS MB |\n| --- | --- | --- | --- | --- | --- |");
for (const [name, scanned, arguments_, times] of cases) {
  // Alternating, so that a busy neighbour slows both.
  const pairs = Array.from({ length: times }, () => [measure("scan", scanned), measure(...arguments_)] as const);
  const [scan, cpu] = [median(pairs.map(([floor]) => floor.cpu)), median(pairs.map(([, ours]) => ours.cpu))];
  const wall = median(pairs.map(([, ours]) => ours.wall)).toFixed(2);
  const memory = Math.max(...pairs.map(([, ours]) => ours.megabytes)).toFixed(0);
  console.log(
    `| ${name} | ${wall} | ${cpu.toFixed(2)} | ${scan.toFixed(2)} | ${(cpu / scan).toFixed(1)} | ${memory} |`,
  );
}
