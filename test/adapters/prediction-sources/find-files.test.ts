import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { findFiles } from "../../../src/adapters/prediction-sources/find-files.ts";

let root: string;
const old = new Date(Date.now() - 3_600_000);
function write(name: string): void {
  writeFileSync(join(root, name), "x");
  utimesSync(join(root, name), old, old);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "driftward-files-"));
  for (const folder of ["lake", "lake/a", "secret"]) mkdirSync(join(root, folder));
  for (const name of ["lake/a/2.csv", "lake/a/1.csv", "lake/b.txt", "secret/key.csv"]) write(name);
  symlinkSync(join(root, "secret"), join(root, "lake/link"));
});
afterAll(() => rmSync(root, { recursive: true }));

const find = (pattern: string, settleMs = 0) => findFiles({ allow: [join(root, "lake")], root, settleMs }, pattern);
const names = async (pattern: string) => (await find(pattern)).map(({ path }) => path.slice(root.length + 1));

test("files of a pattern, in order, with size and time", async () => {
  expect(await names("lake/**/*.csv")).toEqual(["lake/a/1.csv", "lake/a/2.csv"]);
  expect(await names(join(root, "lake/b.*"))).toEqual(["lake/b.txt"]);
  expect(await names("lake/none-*.csv")).toEqual([]);
  expect(await find("lake/b.txt")).toMatchObject([{ size: 1, modifiedAt: old }]);
});

test("one that was written to just now may not be whole", async () => {
  writeFileSync(join(root, "lake/now.csv"), "x");
  expect((await find("lake/*.csv", 60_000)).map(({ path }) => path)).toEqual([]);
  expect(await find("lake/*.csv")).toHaveLength(1);
});

test("nothing outside of the folders that are allowed is found, by pattern or by link", async () => {
  for (const pattern of ["secret/*.csv", "lake/../secret/*.csv", "/etc/pass*", "{lake,secret}/*.csv"])
    await expect(find(pattern)).rejects.toThrow("lies in no folder that driftward.yaml allows");
  symlinkSync(join(root, "secret/key.csv"), join(root, "lake/a/key.csv"));
  expect(await find("lake/a/key.csv")).toEqual([]);
  await expect(find("lake/link/*.csv")).rejects.toThrow("lies in no folder that driftward.yaml allows");
});
