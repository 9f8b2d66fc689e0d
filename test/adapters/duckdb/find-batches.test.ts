import { expect, test } from "@jest/globals";
import { openTemporaryEngine } from "./temporary-engine.ts";

test("values that no record can hold name no batch: with control characters, or without end", async () => {
  const opened = await openTemporaryEngine();
  try {
    await opened.sql(
      `COPY (SELECT TIMESTAMP '2026-01-01' AS timestamp, unnest(['b1', 'b' || chr(0), 'b' || chr(10), repeat('b', 201), '', NULL, '__proto__']) AS run)
       TO '$DIR/rows.parquet' (FORMAT parquet)`,
    );
    const files = { paths: [opened.path("rows.parquet")], format: "parquet" } as const;
    const found = await opened.engine.batches({ files, column: "run" });
    expect(found.map(({ batch, rows }) => [batch, rows])).toEqual([
      ["__proto__", 1],
      ["b1", 1],
    ]);
  } finally {
    await opened.close();
  }
});
