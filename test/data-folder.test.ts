import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { makeDataFolder } from "../src/data-folder.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dw-data-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("makes the folder and what is in it, and is content with what is there", () => {
  const data = join(folder, "new", "data");
  for (let twice = 0; twice < 2; twice += 1) makeDataFolder(data, [join(data, "tmp")]);
  expect(statSync(join(data, "tmp")).isDirectory()).toBe(true);
});

test.each([
  ["in its place", "file", "file"],
  ["above it", "above/data", "above"],
])("a file %s is named", (_, path, file) => {
  writeFileSync(join(folder, file), "");
  expect(() => makeDataFolder(join(folder, path))).toThrow(
    expect.objectContaining({
      code: "InvalidConfig",
      message: `expected a folder at ${join(folder, file)}, got a file`,
    }),
  );
});

/** As a user who may not: root may write everywhere. */
function asStranger(work: () => void): void {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(54_321);
  try {
    work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test("one that cannot be made says why and what to do", () => {
  const path = join("closed", "data");
  mkdirSync(join(folder, "closed"), { recursive: true, mode: 0o555 });
  chmodSync(folder, 0o755);
  asStranger(() =>
    expect(() => makeDataFolder(join(folder, path))).toThrow(
      expect.objectContaining({
        code: "StateUnavailable",
        message: expect.stringMatching(`^expected to write in ${join(folder, path)}: .* got "EACCES`),
        hint: expect.stringContaining("owner"),
      }),
    ),
  );
});

test.each(["/proc/x/y", "/sys/x"])("%s is refused: Node would try for ever to make it", (path) => {
  expect(() => makeDataFolder(path)).toThrow(
    expect.objectContaining({ code: "InvalidConfig", hint: expect.stringContaining("DRIFTWARD_DATA") }),
  );
});

test("a link to where the kernel's files are is refused too", () => {
  symlinkSync("/proc", join(folder, "kernel"));
  expect(() => makeDataFolder(join(folder, "kernel", "x", "y"))).toThrow(/where the kernel's are/);
});
