import { expect, test } from "@jest/globals";
import { rememberLast } from "../../src/core/remember-last.ts";

test("asks once for each key, and again for what was not used lately", async () => {
  const asked: string[] = [];
  const ask = rememberLast(
    2,
    (name: string) => name.toLowerCase(),
    async (name) => {
      asked.push(name);
      return name.length;
    },
  );
  expect(await Promise.all(["a", "A", "b", "a", "c", "a"].map(ask))).toEqual([1, 1, 1, 1, 1, 1]);
  expect(asked).toEqual(["a", "b", "c"]);
  await ask("b");
  expect(asked).toEqual(["a", "b", "c", "b"]);
});

test("what failed is asked for again", async () => {
  let times = 0;
  const ask = rememberLast(
    2,
    (name: string) => name,
    async () => {
      times += 1;
      if (times === 1) throw new Error("away");
      return times;
    },
  );
  await expect(ask("a")).rejects.toThrow("away");
  expect(await ask("a")).toBe(2);
});
