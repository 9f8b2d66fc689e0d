import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { compareWindows } from "../../src/actions/compare-windows.ts";
import { comparisonRules } from "../../src/core/drift/compare-tables.ts";
import { openTemporaryEngine, type TemporaryEngine } from "../adapters/duckdb/temporary-engine.ts";

let opened: TemporaryEngine;
beforeAll(async () => {
  opened = await openTemporaryEngine();
  const numbers = Array.from({ length: 10 }, (_, f) => `(hash(i * 31 + ${f}) % 100000)::DOUBLE AS x${f}`).join(", ");
  await opened.sql(`COPY (SELECT ${numbers} FROM range(3000) t(i)) TO '$DIR/baseline.parquet' (FORMAT parquet)`);
  await opened.sql(
    `COPY (SELECT TIMESTAMP '2026-01-01 00:30:00' + INTERVAL (i // (1 + i % 2)) HOUR AS "timestamp", ${numbers}
     FROM range(1500) t(i)) TO '$DIR/live.parquet' (FORMAT parquet)`,
  );
});
afterAll(() => opened.close());

test("hours that do not fit at once are counted in parts: each row in its window, none twice", async () => {
  const asked: string[] = [];
  const engine = {
    ...opened.engine,
    count: (request: Parameters<typeof opened.engine.count>[0]) => {
      asked.push(request.filter?.from?.toISOString() ?? "all");
      return opened.engine.count(request);
    },
  };
  const files = (name: string) => ({ format: "parquet", paths: [opened.path(name)] }) as const;
  const sides = { baseline: files("baseline.parquet"), live: files("live.parquet") };
  const request = { ...comparisonRules, ...sides, exact: false, minRows: 3 };
  const found = await compareWindows(engine, { ...request, by: "hour" });
  expect(asked.length).toBeGreaterThan(2);
  expect(asked[1]).toBe("2026-01-01T00:00:00.000Z");
  expect(found.windows.reduce((sum, { rows }) => sum + rows, 0)).toBe(1_500);
  const rowsAt = (hour: number) => [hour * 2 + 1, hour].filter((i, at) => i < 1_500 && i % 2 === 1 - at).length;
  expect(found.windows.map(({ rows }) => rows)).toEqual(
    Array.from({ length: 1_500 }, (_, hour) => rowsAt(hour)).filter((rows) => rows > 0),
  );
  expect(found.windows.every(({ verdict }) => verdict === "inconclusive")).toBe(true);
});

test("a baseline with too few rows judges no window", async () => {
  const files = { format: "parquet", paths: [opened.path("live.parquet")] } as const;
  const request = {
    ...comparisonRules,
    baseline: files,
    live: files,
    exact: false,
    minRows: 5_000,
    by: "week",
  } as const;
  const { windows } = await compareWindows(opened.engine, request);
  expect(windows.length).toBeGreaterThan(5);
  expect(windows.reduce((sum, { rows }) => sum + rows, 0)).toBe(1_500);
  expect(new Set(windows.map(({ reason }) => reason))).toEqual(
    new Set(["the baseline has only 1500 of the 5000 rows needed"]),
  );
});
