import { expect, test } from "@jest/globals";
import { randomIds } from "../../src/adapters/ids.ts";

test("gives uuids, each once", () => {
  const ids = Array.from({ length: 1_000 }, () => randomIds.next());
  expect(new Set(ids).size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});
