import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { policyFolder } from "../../../src/adapters/policy-folder/policy-folder.ts";
import { unbundlePolicy } from "../../../src/core/policy/bundle.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "driftward-policies-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const read = (...paths: readonly string[]) =>
  policyFolder(join(home, "policies")).read(paths.length === 0 ? undefined : paths);
const git = (...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    cwd: home,
    encoding: "utf8",
  });

test("reads the YAML files of the folder and below, by name", async () => {
  write("policies/b.yaml", "b");
  write("policies/a.yml", "a");
  write("policies/team/c.yaml", "c");
  for (const ignored of ["schema/x.yaml", "examples/x.yaml", ".git/x.yaml", "notes.md", ".hidden.yaml"])
    write(`policies/${ignored}`, "no");
  expect(await read()).toEqual([
    { path: "policies/a.yml", source: "a" },
    { path: "policies/b.yaml", source: "b" },
    { path: "policies/team/c.yaml", source: "c" },
  ]);
});

test("gives each file the nearest defaults.yaml, which is no policy itself", async () => {
  write("policies/defaults.yaml", "all");
  write("policies/team/defaults.yaml", "team");
  write("policies/a.yaml", "a");
  write("policies/team/deep/c.yaml", "c");
  const texts = await read();
  expect(texts.map(({ path, source }) => [path, unbundlePolicy(source).defaults])).toEqual([
    ["policies/a.yaml", { file: "policies/defaults.yaml", source: "all" }],
    ["policies/team/deep/c.yaml", { file: "policies/team/defaults.yaml", source: "team" }],
  ]);
});

test("a file that is named inside of the folder shares what it shares with the whole folder", async () => {
  write("policies/defaults.yaml", "all");
  const file = write("policies/team/c.yaml", "c");
  const [text] = await read(file);
  expect(unbundlePolicy(text?.source ?? "").defaults).toEqual({
    file: join(home, "policies/defaults.yaml"),
    source: "all",
  });
});

test("a pipe that is called like a policy is refused, and not waited for", async () => {
  write("policies/a.yaml", "a");
  execFileSync("mkfifo", [join(home, "policies/b.yaml")]);
  await expect(read()).rejects.toMatchObject({ code: "InvalidPolicy", message: expect.stringContaining("b.yaml") });
});

test("a file that is named twice is read once", async () => {
  const file = write("policies/a.yaml", "a");
  expect(await read(join(home, "policies"), file)).toEqual([{ path: file, source: "a" }]);
});

test("reads files and folders that are named, and shows them as they were named", async () => {
  const file = write("policies/a.yaml", "a");
  write("elsewhere/b.yaml", "b");
  expect(await read(file, join(home, "elsewhere"))).toEqual([
    { path: file, source: "a" },
    { path: join(home, "elsewhere/b.yaml"), source: "b" },
  ]);
});

test("reads no more of a file than shows that it is too long", async () => {
  write("policies/a.yaml", "x".repeat(1_000_000));
  const [text] = await read();
  expect(text?.source.length).toBe(256 * 1024 + 1);
});

describe("refuses", () => {
  test("a folder that is not there", async () => {
    await expect(read()).rejects.toMatchObject({ code: "NotFound" });
  });
  test("a link that leads out of the folder", async () => {
    const outside = write("outside.yaml", "secret");
    write("policies/a.yaml", "a");
    symlinkSync(outside, join(home, "policies/link.yaml"));
    await expect(read()).rejects.toMatchObject({
      code: "InvalidPolicy",
      message: expect.stringContaining("leads out"),
    });
  });
  test("defaults that lead out of the folder", async () => {
    const outside = write("outside.yaml", "secret");
    write("policies/a.yaml", "a");
    symlinkSync(outside, join(home, "policies/defaults.yaml"));
    await expect(read()).rejects.toMatchObject({ code: "InvalidPolicy" });
  });
});

test("follows links inside the folder, as a mounted ConfigMap has them, and not links to folders", async () => {
  write("policies/..data/a.yaml", "a");
  symlinkSync("..data/a.yaml", join(home, "policies/a.yaml"));
  symlinkSync(home, join(home, "policies/loop"));
  expect(await read()).toEqual([{ path: "policies/a.yaml", source: "a" }]);
});

describe("in a git repository", () => {
  test("a file carries its commit, unless it or its defaults differ from it", async () => {
    write("policies/a.yaml", "a");
    write("policies/b.yaml", "b");
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "policies");
    const commit = git("rev-parse", "HEAD").trim();
    write("policies/b.yaml", "changed");
    write("policies/c.yaml", "new");
    const commits = async () => (await read()).map(({ path, commit: of }) => [path, of]);
    expect(await commits()).toEqual([
      ["policies/a.yaml", commit],
      ["policies/b.yaml", undefined],
      ["policies/c.yaml", undefined],
    ]);
    write("policies/defaults.yaml", "new");
    expect((await commits())[0]).toEqual(["policies/a.yaml", undefined]);
  });
});
