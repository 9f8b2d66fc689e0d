import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readLinkKey } from "../../../src/adapters/links/link-key.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dw-links-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("is made once, for its owner alone, however many ask for it at once", async () => {
  const file = join(folder, "data", "links.key");
  const keys = await Promise.all(Array.from({ length: 8 }, () => readLinkKey(file, undefined)));
  expect(new Set(keys.map((key) => key.toString("hex"))).size).toBe(1);
  expect(keys[0]?.length).toBe(32);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, "data"))).toEqual(["links.key"]);
});

test("a file that others may read is refused, with how to mend it", async () => {
  const file = join(folder, "open.key");
  await readLinkKey(file, undefined);
  await chmod(file, 0o640);
  await expect(readLinkKey(file, undefined)).rejects.toMatchObject({
    code: "InvalidConfig",
    hint: expect.stringContaining(`chmod 600 ${file}`),
  });
});

test("one that is given is taken, if it is long enough", async () => {
  const file = join(folder, "unused.key");
  const given = "a key that several machines share, by their environment";
  expect((await readLinkKey(file, given)).toString()).toBe(given);
  await expect(stat(file)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readLinkKey(file, "short")).rejects.toMatchObject({ code: "InvalidConfig" });
});
