import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { endInStatus } from "../src/adapters/runner-webhook/training-status.ts";
import { loadConfig } from "../src/config.ts";
import { fillParameters } from "../src/core/policy/trainer-parameters.ts";

const page = readFileSync("docs/trainers.md", "utf8");
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
const configurations = blocks.filter((block) => block.includes("trainers:"));

test("every driftward.yaml of docs/trainers.md can be used as it stands", () => {
  expect(configurations.length).toBeGreaterThan(4);
  const folder = mkdtempSync(join(tmpdir(), "driftward-docs-"));
  try {
    for (const block of configurations) {
      writeFileSync(join(folder, "driftward.yaml"), block);
      expect(Object.keys(loadConfig(folder, {}).trainers).length).toBeGreaterThan(0);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("its policy sets what its trainer declares", () => {
  const [declaring] = configurations.map((block) => parse(block).trainers.churn?.parameters).filter(Boolean);
  const [retrain] = blocks.filter((block) => block.startsWith("retrain:")).map((block) => parse(block).retrain);
  expect(fillParameters(declaring, retrain.with)).toEqual({ values: { epochs: 20, loss: "log" } });
});

test("the words for a state are those that are understood", () => {
  const [, well = "", badly = ""] =
    /at every look;[\s\S]*?\. ((?:`\w+`,?\s*)+) end it well; ((?:`\w+`,?\s*)+) end it badly/.exec(page) ?? [];
  const words = (text: string) => [...text.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "");
  expect([words(well).length, words(badly).length]).toEqual([7, 6]);
  for (const word of words(well))
    expect(endInStatus(JSON.stringify({ state: word }), "state")?.state).toBe("succeeded");
  for (const word of words(badly)) expect(endInStatus(JSON.stringify({ state: word }), "state")?.state).toBe("failed");
});
