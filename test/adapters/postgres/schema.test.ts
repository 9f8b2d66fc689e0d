import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { dumpSchema } from "../../support/dump-schema.ts";
import { openTestState } from "../../support/open-test-state.ts";

const golden = new URL("../../golden/schema.sql", import.meta.url);

test("the schema is the one that test/golden/schema.sql shows; UPDATE_GOLDEN=1 writes it anew", async () => {
  const state = await openTestState();
  try {
    const dump = await dumpSchema(state);
    if (process.env.UPDATE_GOLDEN === "1") await writeFile(golden, dump);
    expect(dump).toBe(await readFile(golden, "utf8"));
  } finally {
    await state.close();
  }
});
