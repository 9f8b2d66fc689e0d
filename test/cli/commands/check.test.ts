import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import picocolors from "picocolors";
import { createDuckDbEngine } from "../../../src/adapters/duckdb/engine.ts";
import type { CliContext } from "../../../src/cli/context.ts";
import { runCommandLine } from "../../../src/cli/program.ts";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import type { CountEngine } from "../../../src/ports/count-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "driftward-check-"));
const [baseline, live] = [join(folder, "baseline.csv"), join(folder, "live.csv")];
const monday = Date.UTC(2026, 2, 2);

/** From Wednesday on, many more rows from NL, whose income is higher; from Thursday on a device that is new. */
beforeAll(() => {
  const random = seededRandom(11);
  const pick = <Value>(...values: Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const rows = (count: number, days: number, changes: boolean) =>
    Array.from({ length: count }, (_, i) => {
      const day = (i / count) * days;
      const dutch = changes && day >= 2 && random() < 0.4;
      const country = dutch ? "NL" : pick("DE", "FR", "BE", "NL");
      const income = (country === "NL" ? 60 : 30) + random() * 30;
      const device = changes && day >= 3 && random() < 0.2 ? '"smart|tv"' : pick("ios", "android");
      const time = new Date(monday + Math.floor(day * 86_400_000)).toISOString();
      return [time, country, income.toFixed(2), device, (random() * 10).toFixed(3)].join(",");
    });
  const head = "timestamp,country,income,device,noise";
  writeFileSync(baseline, [head, ...rows(4_000, 20, false)].join("\n"));
  writeFileSync(
    live,
    [head, ...rows(3_000, 6, true), `${new Date(monday + 7 * 86_400_000).toISOString()},DE,40,ios,1`].join("\n"),
  );
});

const engine = createDuckDbEngine({ allowedDirectories: [folder], tempDirectory: join(folder, "temporary") });
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function check(...options: string[]): Promise<{ out: string; err: string; code: number }> {
  const ran = { out: "", err: "", code: 0 };
  const kept: CountEngine = { ...engine, close: async () => {} };
  const context = {
    config: () => ({}),
    out: (text: string) => {
      ran.out += text;
    },
    err: (text: string) => {
      ran.err += text;
    },
    colors: picocolors.createColors(false),
    interactive: false,
    setExitCode: (code: number) => {
      ran.code = code;
    },
    openEngine: async () => kept,
  } as unknown as CliContext;
  await runCommandLine(["node", "driftward", "check", ...options], context, "0");
  return ran;
}

const sides = ["--baseline", baseline, "--live", live];

describe("two files", () => {
  test("a table with which rows, and new values by name", async () => {
    const { out, code } = await check(...sides);
    expect(code).toBe(0);
    expect(out).toContain("▲ warning");
    expect(out).toMatch(/which rows: income: mostly country = NL, from Wednesday 2026-03-04/);
    expect(out).toMatch(/new value: smart\|tv, \d+ %/);
  });

  test("JSON with the explanation", async () => {
    const { out } = await check(...sides, "--json");
    const { schema, verdict, explanation } = JSON.parse(out);
    expect([schema, verdict]).toEqual(["driftward/check/v1", "warning"]);
    expect(explanation).toMatchObject({
      conditions: [{ feature: "country", is: "= NL" }],
      features: ["income"],
      since: "2026-03-04T00:00:00.000Z",
    });
    expect(explanation.explained).toBeGreaterThan(0.5);
    expect(JSON.parse((await check(...sides, "--json", "--no-explain")).out).explanation).toBeNull();
  });

  test.each([
    ["--junit", /^<\?xml/],
    ["--markdown", /^### ▲ warning/],
    ["--html", /^<!doctype html>/],
  ])("%s, to the terminal or to a file", async (format, begins) => {
    expect((await check(...sides, format)).out).toMatch(begins);
    const file = join(folder, `out${format}`);
    const { out, code } = await check(...sides, format, "--out", file, "--fail-on", "warning");
    expect(readFileSync(file, "utf8")).toMatch(begins);
    expect(out).toMatch(/^▲ warning\n/);
    expect(code).toBe(1);
  });

  test("no value of a sensitive column in any face", async () => {
    for (const format of ["table", "json", "junit", "markdown", "html"]) {
      const { out } = await check(...sides, "--sensitive", "country, device", "--format", format);
      expect(out).toContain("country");
      expect(out).not.toMatch(/\bNL\b|smart|android/);
    }
  });

  test("one format at a time, a file that can be written, a model without --by", async () => {
    expect(await check(...sides, "--json", "--html")).toMatchObject({ code: 3 });
    expect((await check(...sides, "--json", "--format", "json")).code).toBe(0);
    expect(JSON.parse((await check("--format", "json")).out)).toMatchObject({ code: "InvalidInput" });
    const nowhere = await check(...sides, "--html", "--out", join(folder, "not", "there.html"));
    expect(nowhere.code).toBe(3);
    expect(nowhere.err).toContain("there.html");
    expect((await check("churn", "--by", "day")).code).toBe(3);
    expect(existsSync(join(folder, "not"))).toBe(false);
  });
});

describe("window by window", () => {
  test("each day against the baseline; one with too few rows is inconclusive", async () => {
    const { out, code } = await check(...sides, "--by", "day", "--json");
    const { schema, verdict, windows } = JSON.parse(out);
    expect([schema, verdict, code]).toEqual(["driftward/check-windows/v1", "warning", 0]);
    expect(windows.map((one: { verdict: string }) => one.verdict)).toEqual([
      "ok",
      "ok",
      "warning",
      "warning",
      "warning",
      "warning",
      "inconclusive",
    ]);
    expect(windows.at(-1)).toMatchObject({ reason: "only 1 of the 30 rows needed", findings: [] });
  });

  test("a window's findings are those of its rows alone", async () => {
    const { windows } = JSON.parse((await check(...sides, "--by", "day", "--json")).out);
    const [head, ...lines] = readFileSync(live, "utf8").split("\n");
    const own = join(folder, "day.csv");
    writeFileSync(own, [head, ...lines.filter((line) => line.startsWith("2026-03-05"))].join("\n"));
    const alone = JSON.parse((await check("--baseline", baseline, "--live", own, "--json", "--no-explain")).out);
    const brief = (findings: Record<string, unknown>[]) =>
      findings.map(({ feature, test: name, n, m, limit, drifted, p_value, statistic }) =>
        name === "ks" ? { feature, n, m, limit, drifted } : { feature, n, m, limit, drifted, p_value, statistic },
      );
    expect(brief(windows[3].findings)).toEqual(brief(alone.findings));
    expect(windows[3].window).toMatchObject({ start: "2026-03-05T00:00:00.000Z", rows: 500 });
  });

  test("table, JUnit, Markdown and HTML", async () => {
    const { out } = await check(...sides, "--by", "day");
    expect(out).toContain("4 of 7 days drifted, 1 could not be judged");
    expect(out).toMatch(/income +[▁▂▃▄▅▆▇█]{6}·· +4 of 7 days/);
    expect((await check(...sides, "--by", "day", "--junit")).out.match(/<testsuite /g)).toHaveLength(7);
    expect((await check(...sides, "--by", "week", "--markdown")).out).toContain("| week of 2026-03-02 | 3,000 |");
    expect((await check(...sides, "--by", "day", "--html")).out).toContain("drifted in 4 of 7 days, first 2026-03-04");
  });

  test("rows without a time are refused", async () => {
    const { code, err } = await check(
      "--baseline",
      baseline,
      "--live",
      baseline.replace("baseline", "timeless"),
      "--by",
      "day",
    );
    expect(code).toBe(4);
    expect(err).not.toBe("");
    const timeless = join(folder, "no-time.csv");
    writeFileSync(timeless, `income\n${Array.from({ length: 50 }, (_, i) => i).join("\n")}`);
    const refused = await check("--baseline", baseline, "--live", timeless, "--features", "income", "--by", "day");
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('"timestamp"');
  });
});
