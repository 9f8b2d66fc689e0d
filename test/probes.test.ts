import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { loadConfig } from "../src/config.ts";
import { createProbes } from "../src/probes.ts";

test("a folder without policies is told with what to do", async () => {
  const folder = mkdtempSync(join(tmpdir(), "driftward-probes-"));
  try {
    mkdirSync(join(folder, "policies"));
    const probe = createProbes(loadConfig(folder, {})).find(({ name }) => name === "policies");
    expect(await probe?.look()).toMatch(/^none in .*policies: put a policy there/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
