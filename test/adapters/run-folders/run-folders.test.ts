import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { runFolders } from "../../../src/adapters/run-folders/run-folders.ts";
import type { RunFolders } from "../../../src/ports/run-folders.ts";

const data = { trainingRows: 8, evaluationRows: 2, cut: "2024-01-01T00:00:00.000Z", until: "2024-01-03T00:00:00.000Z" };
let root: string;
let folders: RunFolders;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "driftward-folders-"));
  folders = runFolders(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const fillWith = (text: string) => async (paths: ReturnType<RunFolders["paths"]>) => {
  await writeFile(paths.training, text);
  await writeFile(paths.key, text);
  return data;
};

describe("preparing", () => {
  test("happens once, whole, and leaves nothing aside", async () => {
    expect(await folders.prepared("run", 1)).toBeUndefined();
    expect(await folders.prepare("run", 1, fillWith("first"))).toEqual(data);
    expect(await folders.prepare("run", 1, () => Promise.reject(new Error("called again")))).toEqual(data);
    expect(await readFile(folders.paths("run", 1).training, "utf8")).toBe("first");
    expect(await readdir(root)).toEqual(["run"]);
  });

  test("by several at once gives all of them the same data, from one hand", async () => {
    const hands = ["a", "b", "c", "d"];
    await Promise.all(hands.map((hand) => folders.prepare("run", 1, fillWith(hand))));
    const { training, key } = folders.paths("run", 1);
    expect(await readFile(training, "utf8")).toBe(await readFile(key, "utf8"));
    expect(await readdir(root)).toEqual(["run"]);
  });

  test("that fails leaves nothing, and can be repeated", async () => {
    await expect(folders.prepare("run", 1, () => Promise.reject(new Error("disk")))).rejects.toThrow("disk");
    expect(await readdir(root)).toEqual([]);
    expect(await folders.prepare("run", 1, fillWith("again"))).toEqual(data);
  });

  test("keeps the key out of the trainer's folder", () => {
    const { folder, key, training, evaluation, output } = folders.paths("run", 1);
    expect(key.startsWith(folder)).toBe(false);
    for (const path of [training, evaluation, output]) expect(path.startsWith(`${folder}/`)).toBe(true);
  });
});

describe("taking what a trainer wrote", () => {
  const output = () => folders.paths("run", 1).output;
  beforeEach(() => folders.prepare("run", 1, fillWith("data")));

  test("keeps it as it was, with its sha256", async () => {
    await writeFile(join(output(), "predictions.parquet"), "predictions");
    await writeFile(join(output(), "result.json"), "{}");
    const taken = await folders.take("run", 1);
    await writeFile(join(output(), "predictions.parquet"), "changed later");
    expect(await folders.take("run", 1)).toEqual(taken);
    if ("problem" in taken) throw new Error(taken.problem);
    expect(await readFile(taken.predictions, "utf8")).toBe("predictions");
    expect(taken.sha256).toBe(createHash("sha256").update("predictions").digest("hex"));
    expect(taken.result).toBe("{}");
  });

  test("does not follow links, nor wait for pipes, nor read what is far too large", async () => {
    await writeFile(join(root, "secret"), "secret");
    await symlink(join(root, "secret"), join(output(), "predictions.parquet"));
    expect(await folders.take("run", 1)).toMatchObject({ problem: expect.stringContaining("no plain file") });
    await rm(join(output(), "predictions.parquet"));
    execFileSync("mkfifo", [join(output(), "predictions.parquet")]);
    expect(await folders.take("run", 1)).toMatchObject({ problem: expect.stringContaining("no plain file") });
    await rm(join(output(), "predictions.parquet"));
    await mkdir(join(output(), "predictions.parquet"));
    expect(await folders.take("run", 1)).toMatchObject({ problem: expect.stringContaining("no plain file") });
    await writeFile(join(output(), "result.json"), " ".repeat(2 * 1024 * 1024));
    expect(await folders.take("run", 1)).toMatchObject({ problem: expect.stringContaining("at most 1048576 bytes") });
    await expect(access(join(root, "run", "1", "delivery"))).rejects.toThrow("ENOENT");
  });
});
