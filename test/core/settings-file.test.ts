import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { DriftwardError } from "../../src/core/errors.ts";
import { readSettingsFile } from "../../src/core/settings-file.ts";

const trainer = z.union([
  z.strictObject({ runner: z.literal("process"), command: z.array(z.string()) }),
  z.strictObject({ runner: z.literal("docker"), image: z.string() }),
]);
const schema = z.strictObject({
  queue: z.strictObject({ lease: z.int().default(1) }).prefault({}),
  trainers: z.record(z.string().regex(/^[a-z]+$/, { error: "expected a plain name" }), trainer).default({}),
});

function refusalOf(text: string): DriftwardError {
  try {
    readSettingsFile(text, "driftward.yaml", schema);
  } catch (error) {
    if (error instanceof DriftwardError) return error;
    throw error;
  }
  throw new Error("it was read");
}

describe("readSettingsFile", () => {
  test("an empty file has the defaults", () => {
    expect(readSettingsFile("", "driftward.yaml", schema)).toEqual({ queue: { lease: 1 }, trainers: {} });
  });

  test("an unknown key is told with its place and the nearest right name, below sections and names too", () => {
    expect(refusalOf("queue:\n  leese: 2\n")).toMatchObject({
      code: "InvalidConfig",
      message: 'unknown key "queue.leese"',
      hint: 'did you mean "lease"?',
      place: { file: "driftward.yaml", line: 2, column: 10 },
    });
    expect(refusalOf("trainer: {}\n").hint).toBe('did you mean "trainers"?');
    expect(refusalOf("trainers:\n  a: { runner: docker, image: x, comand: [y] }\n").message).toContain("trainers.a");
  });

  test("all mistakes are told at once, each at its place", () => {
    const { message, place } = refusalOf(
      "queue: { lease: soon }\ntrainers:\n  Bad Name: { runner: process, command: [a] }\n",
    );
    expect(place).toEqual({ file: "driftward.yaml", line: 1, column: 17 });
    expect(message).toMatch(
      /^queue\.lease: expected number.*\n +driftward\.yaml:3:\d+: trainers\.Bad Name: expected a plain name/s,
    );
  });

  test("what is no YAML is told where it breaks", () => {
    const { message, place } = refusalOf("queue:\n  lease: [1\n");
    expect(message).toMatch(/^not YAML/);
    expect(place?.line).toBeGreaterThanOrEqual(2);
  });
});
