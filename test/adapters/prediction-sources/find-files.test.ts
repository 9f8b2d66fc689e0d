import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { findFiles, lookAt } from "../../../src/adapters/prediction-sources/find-files.ts";

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
  symlinkSync("nowhere.csv", join(root, "lake/a/lost.csv"));
  expect(await names("lake/a/*.csv")).toEqual(["lake/a/1.csv", "lake/a/2.csv"]);
  expect(await names("lake/**/*")).not.toContain("lake/link/key.csv");
  expect(await find("lake/a/key.csv")).toEqual([]);
  await expect(find("lake/link/*.csv")).rejects.toThrow("lies in no folder that driftward.yaml allows");
});

test("a link to a file inside is that file, once", async () => {
  for (const folder of ["lake/parts", "lake/days"]) mkdirSync(join(root, folder));
  write("lake/parts/x.csv");
  symlinkSync("../parts/x.csv", join(root, "lake/days/latest.csv"));
  symlinkSync("../days/latest.csv", join(root, "lake/days/newest.csv"));
  symlinkSync("../days", join(root, "lake/days/again"));
  expect(await names("lake/days/**/*.csv")).toEqual(["lake/parts/x.csv"]);
  expect(await names("lake/{days,parts}/*.csv")).toEqual(["lake/parts/x.csv"]);
});

test("one that is gone when it is looked at was not there", async () => {
  expect(await lookAt(join(root, "lake/gone.csv"))).toBeUndefined();
  expect(await lookAt(join(root, "lake/b.txt"))).toMatchObject({ size: 1 });
  await expect(lookAt(join(root, "lake/b.txt/c.csv"))).rejects.toThrow("ENOTDIR");
});
