// Tells what came of the tests: node .ci/tell.mjs RESULTS STATUS. A few suites that failed are run once more, alone, and named:
// programs that kill, freeze and time each other can starve on a machine that others load. What fails twice has failed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const mostAgain = 3;
const read = (path) => JSON.parse(readFileSync(path, "utf8")).testResults;

/** Tests of a suite by their end; a suite that broke before its first test counts as one that failed. */
function countsOf(suites) {
  const ends = suites.flatMap(({ status, assertionResults }) =>
    status === "failed" && assertionResults.length === 0 ? ["failed"] : assertionResults.map((one) => one.status),
  );
  return {
    passed: ends.filter((end) => end === "passed").length,
    failed: ends.filter((end) => end === "failed").length,
  };
}

function runAgain(files) {
  console.log(`\nonce more, alone: ${files.map((file) => relative(".", file)).join(", ")}`);
  const results = join(mkdtempSync(join(tmpdir(), "again-")), "results.json");
  const options = ["--ci", "--runInBand", "--json", `--outputFile=${results}`];
  spawnSync(process.execPath, ["scripts/jest.mjs", ...options, "--runTestsByPath", ...files], { stdio: "inherit" });
  return read(results);
}

const [results, status] = process.argv.slice(2);
const first = read(results);
const failed = first.filter((suite) => suite.status === "failed");
const again = failed.length > 0 && failed.length <= mostAgain ? runAgain(failed.map(({ name }) => name)) : failed;
for (const { name, status } of again)
  console.log(`${relative(".", name)} failed, ${status === "failed" ? "and not only once" : "then passed alone"}`);
const { passed, failed: left } = countsOf([...first.filter(({ status }) => status !== "failed"), ...again]);
console.log(`${passed} passed, ${left} failed`);
const endedWell = status === "0" || failed.length > 0;
process.exitCode = left === 0 && passed > 0 && endedWell ? 0 : 1;
