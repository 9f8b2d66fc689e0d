/*
 * False alarms and power, measured on simulated logs in which nothing changes, and on known changes.
 *
 *   tsc -p bench/false-alarms/tsconfig.json && node dist/bench/false-alarms.js checks|hourly [--quick] [--only 'AR(1) 0.9, n = 1000']…
 *
 * Prints the tables of docs/statistics.md at 5 % per check, or those at 1 per 30 days, and writes them there, between
 * their marks. A quick run has few baselines, and writes nothing; no more does one of some settings. Deterministic: every
 * setting and baseline has its seed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { reportChecks } from "./false-alarms/report-checks.ts";
import { reportHourly } from "./false-alarms/report-hourly.ts";

const part = process.argv[2];
if (part !== "checks" && part !== "hourly") throw new Error("expected checks or hourly as the first argument");
const quick = process.argv.includes("--quick");
const started = process.cpuUsage().user;
const named = process.argv.filter((_, i) => process.argv[i - 1] === "--only");
const tables = part === "checks" ? reportChecks(quick ? 2 : 14, named) : reportHourly(quick ? 2 : 20, named);
const minutes = ((process.cpuUsage().user - started) / 60e6).toFixed(1);
process.stdout.write(`${tables}\nCPU: ${minutes} min\n`);

const page = "docs/statistics.md";
const [begin, end] = [`<!-- false alarms, ${part}: begin -->`, `<!-- false alarms, ${part}: end -->`];
if (!quick && named.length === 0) {
  const text = readFileSync(page, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  writeFileSync(page, `${before}${begin}\n\n${tables}\n${end}${rest.split(end)[1] ?? ""}`);
}
