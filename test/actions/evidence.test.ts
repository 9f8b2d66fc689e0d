import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { giveWord } from "../../src/actions/decide-run.ts";
import { makeEvidence } from "../../src/actions/evidence.ts";
import { checkpointFile } from "../../src/adapters/checkpoint-file/checkpoint-file.ts";
import { type Evidence, evidenceFile, evidenceText, verifyEvidence } from "../../src/core/audit/evidence.ts";
import type { CheckpointPorts } from "../../src/stages/checkpoint.ts";
import { openWorld, start, type World, work } from "../stages/run/world.ts";

let world: World;
let ports: CheckpointPorts;
let text: string;

beforeAll(async () => {
  world = await openWorld({ promote: "promote: { approval: required }" });
  await start(world, { kind: "token", id: "ada" });
  const run = await work(world, world.ports);
  await giveWord(world.ports, {
    ...{ run: run?.number ?? 0, word: "approve", reason: "looked at the slices" },
    actor: { kind: "token", id: "bea" },
  });
  const paths = { key: `${world.folder}/audit.key`, file: `${world.folder}/checkpoints.ndjson` };
  ports = { ...world.ports, checkpoints: checkpointFile(paths) };
  text = await makeEvidence(ports, "churn@2");
});
afterAll(() => world.close());

const problems = (changed: string, key?: string) => {
  const verdict = verifyEvidence(changed, key);
  return verdict.sound ? [] : verdict.problems;
};
const parsed = () => JSON.parse(text) as Evidence;

/** Signed anew by the instance's own key, as its owner could. */
const signAgain = async ({ signature: _before, ...unsigned }: Evidence) =>
  evidenceFile({ ...unsigned, signature: (await ports.checkpoints.signer()).sign(evidenceText(unsigned)) });

test("is sound, and tells all that led to the promotion", async () => {
  expect(problems(text)).toEqual([]);
  expect(problems(text, await ports.checkpoints.key())).toEqual([]);
  const { statement, records, checkpoint } = parsed();
  expect(statement).toMatchObject({
    model: "churn",
    version: { name: "2", artifact: expect.any(String) },
    run: { asked_by: { kind: "token", id: "ada" }, attempts: [{ n: 1, state: "succeeded" }], reason: "a test" },
    policy: { path: "churn.yaml", text: expect.stringContaining("kind: Policy") },
    training: { lineage: { run: 1, data: { trainingRows: expect.any(Number) } }, result: { code: expect.anything() } },
    gates: [{ outcome: "pass" }, { outcome: "pass" }],
    approvals: [{ by: { kind: "token", id: "bea" }, reason: "looked at the slices" }],
    refused_alternatives: [],
  });
  // Forty days of files, of which the predictions of the last two were not old enough.
  expect(statement.training.lineage.data.manifest).toHaveLength(78);
  expect(records.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["run started", "run passed its gates", "candidate approved", "run promoted"]),
  );
  expect(checkpoint.seq).toBe(records.at(-1)?.seq);
});

describe("what was changed is found", () => {
  test("any one byte, whichever", () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 32, max: 126 }), (index, code) => {
        const char = String.fromCharCode(code);
        fc.pre(text[index] !== char);
        expect(problems(text.slice(0, index) + char + text.slice(index + 1))).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("a number beyond what JSON can hold", () =>
    expect(problems(text.replace(/: (0\.\d)/, ": 1e999$1"))).toEqual([
      expect.stringContaining("no evidence of schema"),
    ]));

  test("any byte left out or added", () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("", " ", "0", "\n"), (index, more) => {
        const changed = text.slice(0, index) + more + text.slice(more === "" ? index + 1 : index);
        fc.pre(changed !== text);
        expect(problems(changed)).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("a name that stands twice, of which programs take the last and people the first", () =>
    expect(problems(text.replace('"model": "churn"', '"model": "churn-eu",\n    "model": "churn"'))).toEqual([
      expect.stringContaining("not written as it was"),
    ]));
});

describe("the owner of the key cannot state what the trail does not say", () => {
  test.each<[string, (evidence: Evidence) => void, string]>([
    ["other gates", ({ statement }) => statement.gates.pop(), "gates are not those"],
    ["an approval less", ({ statement }) => statement.approvals.pop(), "approvals are not those"],
    [
      "another file of training data",
      ({ statement }) => Object.assign((statement.training.lineage.data.manifest as object[])[0] ?? {}, { rows: 1 }),
      "manifest of the training data",
    ],
    [
      "no manifest",
      ({ statement }) => Object.assign(statement.training.lineage.data, { manifest: "none" }),
      "manifest of the training data",
    ],
    ["another version", ({ statement }) => Object.assign(statement.version, { name: "3" }), "another version"],
    ["another policy", ({ statement }) => Object.assign(statement.policy, { text: "x" }), "policy's text"],
    [
      "another policy with its digest",
      ({ statement }) =>
        Object.assign(statement.policy, {
          text: "x",
          digest: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
        }),
      "under another policy",
    ],
    ["a record changed", ({ records }) => Object.assign(records[1] ?? {}, { subject: "x" }), "records are broken"],
    ["a record left out", ({ records }) => records.splice(1, 1), "records are broken"],
    ["the last records left out", ({ records }) => records.splice(-1, 1), "records end with"],
    ["the first record left out", ({ records }) => records.splice(0, 1), "no record says that its run was started"],
    ["another checkpoint", ({ checkpoint }) => Object.assign(checkpoint, { seq: 1 }), "checkpoint was changed"],
  ])("%s", async (_name, change, problem) => {
    const evidence = parsed();
    change(evidence);
    expect((await problems(await signAgain(evidence))).join("; ")).toContain(problem);
  });

  test("another key is another owner", () =>
    expect(problems(text, "A".repeat(43))).toEqual([expect.stringContaining("signed with another key")]));
});

test("is asked of versions that a run promoted", async () => {
  await expect(makeEvidence(ports, "churn@1")).rejects.toMatchObject({ code: "NotFound" });
  await expect(makeEvidence(ports, "churn@9")).rejects.toMatchObject({ code: "NotFound" });
  await expect(makeEvidence(ports, "nope@1")).rejects.toMatchObject({ code: "NotFound" });
  for (const name of ["churn", "churn@", "@2"])
    await expect(makeEvidence(ports, name)).rejects.toMatchObject({ code: "InvalidInput" });
});

test("uses the nearest checkpoint that was kept: the same version gives the same records later", async () => {
  await world.state.transaction((tx) =>
    tx.records.append({
      ...{ actor: { kind: "system", id: "driftward" }, at: new Date(0), kind: "later", subject: "", payload: {} },
    }),
  );
  expect((JSON.parse(await makeEvidence(ports, "churn@2")) as Evidence).records).toEqual(parsed().records);
});
