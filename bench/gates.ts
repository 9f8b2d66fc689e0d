/*
 * Gates against known truth: simulated candidates that are better, equal and worse by given amounts, and how many of them
 * are promoted. Writes the table of docs/runs.md between its marks.
 *
 *   tsc -p bench/tsconfig.json && node dist/bench/gates.js [--quick]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { sharePromoted, tryCandidate } from "./gates/simulate.ts";

const quick = process.argv.includes("--quick");
const times = quick ? 100 : 300;
const gates = ["difference.roc_auc.lower >= -0.01", "difference.roc_auc.lower > 0.0"];
const differences = [-0.03, -0.02, -0.01, 0, 0.01, 0.02, 0.03];
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function table(gate: string): string {
  const rows = [500, 2_000, 10_000].map((count) => {
    const shares = differences.map((difference) => percent(sharePromoted([gate], { rows: count, difference }, times)));
    return `| ${count.toLocaleString("en-US")} | ${shares.join(" | ")} | ${told(gate, count)} |`;
  });
  const head = `| rows | ${differences.map((one) => (one > 0 ? `+${one}` : one)).join(" | ")} | told of an equal one |`;
  return [`\`${gate}\``, "", head, `|${" --- |".repeat(differences.length + 2)}`, ...rows, ""].join("\n");
}

/** The mean chance of an equal candidate that the gate itself told. */
function told(gate: string, rows: number): string {
  const chances = Array.from({ length: 20 }, (_, i) => {
    const [outcome] = tryCandidate([gate], { rows, difference: 0 }, 1_000_003 + i).gates;
    return outcome?.chances?.equal ?? 0;
  });
  return percent(chances.reduce((sum, one) => sum + one, 0) / chances.length);
}

function reuse(): string {
  const rows = [1, 2, 5, 10].map((uses) => {
    const share = sharePromoted(["difference.roc_auc.lower > 0.0"], { rows: 2_000, difference: 0 }, times, uses);
    return `| ${uses} | ${percent(share)} |`;
  });
  return ["| uses of the holdout | an equal candidate is called better |", "| --- | --- |", ...rows, ""].join("\n");
}

const text = [...gates.map(table), reuse()].join("\n");
process.stdout.write(`${text}\n`);
const page = "docs/runs.md";
const [begin, end] = ["<!-- gates: begin -->", "<!-- gates: end -->"];
if (!quick) {
  const [before = "", rest = ""] = readFileSync(page, "utf8").split(begin);
  writeFileSync(page, `${before}${begin}\n\n${text}\n${end}${rest.split(end)[1] ?? ""}`);
}
