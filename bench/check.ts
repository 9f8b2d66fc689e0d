/*
 * What a check costs, as CPU seconds (user + system, child processes included) against DuckDB's bare scan of the same file
 * and, where Python is given, against other tools, all in one run: wall times on a shared machine say little. Needs GNU time.
 *
 *   tsc -p bench/tsconfig.json && node dist/bench/check.js FOLDER [--large] [--huge] [--runs=5]
 *     [--python=VENV/bin/python] [--evidently=VENV/bin/python]
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

/** Something to run, and how often. */
interface Case {
  readonly name: string;
  readonly command: readonly string[];
  readonly runs: number;
}

const worker = fileURLToPath(new URL("./compare.js", import.meta.url));

function measure(command: readonly string[]): Cost {
  const run = spawnSync("/usr/bin/time", ["-f", "%e %U %S %M", ...command], {
    encoding: "utf8",
    maxBuffer: 64 * 1_024 * 1_024,
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

/** Rounds over all cases, so that a busy neighbour slows all of them; the first case is what the others are divided by. */
function compareCases(title: string, cases: readonly Case[]): void {
  const costs = cases.map((): Cost[] => []);
  const rounds = Math.max(...cases.map(({ runs }) => runs));
  for (let round = 0; round < rounds; round += 1)
    for (const [i, { command, runs }] of cases.entries()) if (round < runs) costs[i]?.push(measure(command));
  const cpus = costs.map((own) => median(own.map(({ cpu }) => cpu)));
  console.log(`\n${title}\n\n| what | runs | CPU s | × | wall s | RSS MB |\n| --- | --- | --- | --- | --- | --- |`);
  for (const [i, { name, runs }] of cases.entries()) {
    const [own, cpu] = [costs[i] ?? [], cpus[i] ?? Number.NaN];
    const wall = median(own.map((cost) => cost.wall)).toFixed(2);
    const memory = Math.max(...own.map(({ megabytes }) => megabytes)).toFixed(0);
    console.log(
      `| ${name} | ${runs} | ${cpu.toFixed(2)} | ${(cpu / (cpus[0] ?? 1)).toFixed(2)} | ${wall} | ${memory} |`,
    );
  }
}

const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const optionOf = (name: string) => flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);
const folder =
  process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? join(tmpdir(), "driftward-bench");
const runs = Number(optionOf("runs") ?? 3);
const sizes = { large: flags.includes("--large"), huge: flags.includes("--huge") };
await generate(folder, sizes);
const paths = tables(folder);
const [wide, narrow] = [join(folder, "wide.profile"), join(folder, "narrow.profile")];
const ours = (...rest: readonly string[]): readonly string[] => [process.execPath, worker, ...rest];
const program = fileURLToPath(new URL("../src/main.js", import.meta.url));
const peer = (script: string) => fileURLToPath(new URL(`../../bench/peers/${script}`, import.meta.url));
const [python, evidently] = [optionOf("python"), optionOf("evidently")];

measure(ours("profile", paths.narrowBaseline, narrow));
compareCases("1,000,000 rows, 50 features, against a stored profile", [
  { name: "DuckDB scans all columns", command: ours("scan", paths.live), runs },
  { name: "profile of the baseline", command: ours("profile", paths.baseline, wide), runs },
  { name: "PSI and KS verdicts", command: ours("live", wide, paths.live), runs },
  { name: "the same, every D exact", command: ours("exact", wide, paths.baseline, paths.live), runs },
]);
const sides = ["--baseline", paths.baseline, "--live", paths.live, "--exact", "--json", "--fail-on", "never"];
compareCases("Two files of 1,000,000 rows, 50 features: profile, all verdicts, every D exact", [
  { name: "Driftward, library", command: ours("both", paths.baseline, paths.live), runs },
  { name: "Driftward, command line", command: [process.execPath, program, "check", ...sides], runs },
  ...(python === undefined
    ? []
    : [
        {
          name: "polars and numpy by hand",
          command: [python, peer("polars_loop.py"), paths.baseline, paths.live],
          runs,
        },
        { name: "scipy by hand", command: [python, peer("scipy_loop.py"), paths.baseline, paths.live], runs },
      ]),
  ...(evidently === undefined
    ? []
    : [
        {
          name: "Evidently, KS preset",
          command: [evidently, "-W", "ignore", peer("evidently_ks.py"), paths.baseline, paths.live],
          runs: 1,
        },
      ]),
]);
for (const [size, live, times] of [
  ["1", paths.narrowLive, runs],
  ...(sizes.large ? ([["10", paths.narrowLarge, 1]] as const) : []),
  ...(sizes.huge ? ([["50", paths.narrowHuge, 1]] as const) : []),
] as const)
  compareCases(`${size} million live rows, 10 numeric features, a baseline of 1 million`, [
    { name: "DuckDB scans all columns", command: ours("scan", live), runs: times },
    { name: "against a profile", command: ours("live", narrow, live), runs: times },
    { name: "against a profile, exact", command: ours("exact", narrow, paths.narrowBaseline, live), runs: times },
    { name: "two files, exact", command: ours("both", paths.narrowBaseline, live), runs: times },
  ]);
