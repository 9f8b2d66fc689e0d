import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { makeFolderWith } from "../../../src/adapters/embedded-postgres/durable-files.ts";

test("what could not be made whole is removed, so that a full disk does not get fuller with each attempt", async () => {
  const folder = await mkdtemp(join(tmpdir(), "dw-making-"));
  const full = new Error("no space left");
  const making = makeFolderWith(folder, async (path) => {
    await mkdir(path);
    await writeFile(join(path, "half"), "");
    throw full;
  });
  await expect(making).rejects.toBe(full);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
