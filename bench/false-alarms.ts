/*
 * False alarms and power, measured on simulated logs in which nothing changes, and on known changes.
 *
 *   tsc -p bench/false-alarms/tsconfig.json && node dist/bench/false-alarms.js [--quick] [--checks 'AR(1) 0.9, n = 1000']…
 *
 * Prints the tables of docs/statistics.md and writes them there, between its marks. A quick run has few baselines, and
 * writes nothing; no more does one of some settings at 5 % per check. Deterministic: every setting and baseline has its
 * seed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { reportChecks } from "./false-alarms/report-checks.ts";
import { reportHourly } from "./false-alarms/report-hourly.ts";

const quick = process.argv.includes("--quick");
const started = process.cpuUsage().user;
const named = process.argv.filter((_, i) => process.argv[i - 1] === "--checks");
const checked = reportChecks(quick ? 2 : 14, named);
const tables = named.length > 0 ? checked : [checked, reportHourly(quick ? 2 : 20)].join("\n");
const minutes = ((process.cpuUsage().user - started) / 60e6).toFixed(1);
process.stdout.write(`${tables}\nCPU: ${minutes} min\n`);

const page = "docs/statistics.md";
const [begin, end] = ["<!-- false-alarms: begin -->", "<!-- false-alarms: end -->"];
if (!quick && named.length === 0) {
  const text = readFileSync(page, "utf8");
  const [before = "", rest = ""] = text.split(begin);
  writeFileSync(page, `${before}${begin}\n\n${tables}\n${end}${rest.split(end)[1] ?? ""}`);
}
