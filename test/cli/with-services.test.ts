import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import picocolors from "picocolors";
import { checkpointFile } from "../../src/adapters/checkpoint-file/checkpoint-file.ts";
import { randomIds } from "../../src/adapters/ids.ts";
import { policyFolder } from "../../src/adapters/policy-folder/policy-folder.ts";
import type { CliContext } from "../../src/cli/context.ts";
import { runCommandLine } from "../../src/cli/program.ts";
import { loadConfig } from "../../src/config.ts";
import type { Services } from "../../src/ports/services.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";

let state: TestState;
let folder: string;
beforeAll(async () => {
  state = await openTestState();
  folder = mkdtempSync(join(tmpdir(), "driftward-cli-"));
});
afterAll(async () => {
  await state.close();
  rmSync(folder, { recursive: true });
});

const notHere = async (): Promise<never> => {
  throw new Error("not in this test");
};

/** One command line, in this process, with what of the services these commands use. */
async function run(line: string, environment: Readonly<Record<string, string>> = {}) {
  const said = { out: "", err: "", code: 0 as number };
  let closed = 0;
  const context: CliContext = {
    config: () => loadConfig(folder, { USER: "root", ...environment }),
    actor: ({ user }) => ({ kind: "person", id: user }),
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    colors: picocolors.createColors(false),
    interactive: false,
    setExitCode: (code) => {
      said.code = code;
    },
    open: async (config) => {
      const paths = { key: config.audit.key, file: config.audit.file };
      const actor = { kind: "person", id: config.user } as const;
      const some = {
        state,
        actor,
        ids: randomIds,
        clock: { now: () => new Date() },
        policySource: policyFolder(folder, {}),
        checkpoints: checkpointFile(paths),
      };
      const close = async () => {
        closed += 1;
      };
      return { ...some, close } as unknown as Services;
    },
    openEngine: notHere,
    openMailbox: notHere,
    openPolicySource: notHere,
    startWorkers: notHere,
    probes: notHere,
    stopped: new Promise(() => undefined),
  };
  await runCommandLine(["node", "driftward", ...line.split(" ")], context, "test");
  expect(closed).toBeLessThanOrEqual(1);
  return said;
}

/** A policy of a model, and where it is. */
function policyFile(name: string, model: string, mistaken = false): string {
  const path = join(folder, `${name}.yaml`);
  const lines = [
    ...["apiVersion: driftward/v1", "kind: Policy", `model: ${model}`, "owners: [a@example.com]"],
    ...["rules: [{ name: drifted, when: drift.share >= 0.5 }]", ...(mistaken ? ["rulez: 1"] : [])],
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const create = async (line: string, environment = {}) =>
  (JSON.parse((await run(`token create ${line} --json`, environment)).out) as { secret: string }).secret;

describe("on its own machine", () => {
  test("nothing is asked for, until there is a token; then it is, and its role counts", async () => {
    expect(await run("status")).toMatchObject({ code: 0 });
    expect(await run("audit verify")).toMatchObject({ code: 0 });
    const admin = { DRIFTWARD_TOKEN: await create("--name root --role admin") };
    expect(await run("status")).toMatchObject({
      code: 3,
      err: expect.stringContaining("expected a token in DRIFTWARD_TOKEN to look at what is recorded"),
    });
    expect(await run("status", admin)).toMatchObject({ code: 0 });
    const viewer = { DRIFTWARD_TOKEN: await create("--name eve --role viewer --model churn --expires 1d", admin) };
    expect(await run("runs", viewer)).toMatchObject({ code: 3, err: expect.stringContaining("name one: churn") });
    expect(await run("token list", viewer)).toMatchObject({ code: 3 });
    expect(await run("silence churn --for 1h --reason x", viewer)).toMatchObject({
      code: 3,
      err: expect.stringContaining("ask for a token with the role operator or admin"),
    });
    const [own, other, broken] = ["churn", "fraud", "churn"].map((model, n) =>
      policyFile(`${n}-${model}`, model, n === 2),
    );
    expect(await run(`plan ${own}`, viewer)).toMatchObject({
      code: 0,
      out: expect.stringContaining("the model is new"),
    });
    const refused = { code: 3, out: "", err: expect.stringContaining("is for churn, not for fraud") };
    expect(await run(`plan ${own} ${other}`, viewer)).toMatchObject(refused);
    expect(await run(`backtest ${other}`, viewer)).toMatchObject(refused);
    expect(await run("plan", viewer)).toMatchObject({
      code: 3,
      err: expect.stringContaining("this is about all models"),
    });
    // A file with a mistake tells of its mistake alone.
    expect(await run(`plan ${broken}`, viewer)).toMatchObject({ code: 3, out: expect.stringContaining("rulez") });
    expect(await run(`backtest ${own}`, viewer)).toMatchObject({ code: 3, err: expect.stringContaining('"churn"') });
    expect(await run("token revoke eve", admin)).toMatchObject({ code: 0 });
    expect(await run("status churn", viewer)).toMatchObject({ code: 3, err: expect.stringContaining("was revoked") });
    const { out } = await run("status churn --json", viewer);
    expect(JSON.parse(out)).toMatchObject({ schema: "driftward/error/v1", code: "NotAllowed" });
  });

  test("the trail has who did what, and what was refused; no secret is in it, in the listing or in an error", async () => {
    expect(await run("token create --name second --role admin")).toMatchObject({ code: 3, out: "" });
    const records = await state.records.list(1, 100);
    expect(records.map(({ kind, actor }) => [kind, actor.kind, actor.id])).toEqual([
      ["token created", "person", "root"],
      ["token created", "token", "root"],
      ["act refused", "token", "eve"],
      ["act refused", "token", "eve"],
      ["token revoked", "token", "root"],
      ["act refused", "person", "root"],
    ]);
    const wrong = `driftward_${"x".repeat(43)}`;
    const refused = await run("status", { DRIFTWARD_TOKEN: wrong });
    expect(refused.code).toBe(3);
    expect(refused.out + refused.err).not.toContain(wrong.slice(10));
  });
});

test("trainers and other programs are not handed the token, even by its name", () =>
  expect(loadConfig(folder, { DRIFTWARD_TOKEN: "x", OTHER: "y" }).environment).toEqual({ OTHER: "y" }));
