import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { waitFor } from "../support/wait-for.ts";
import { killRunning, makeFolder, runProgram, startProgram } from "./program.ts";
import { setUpProject } from "./small-model.ts";

const folder = makeFolder("elsewhere");
const here = { cwd: folder.path, env: { CI_AUTHORIZATION: "Bearer canary-of-the-command-line" } };
let port = 0;

beforeAll(async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  server.close();
  await once(server, "close");
  setUpProject(folder.path, {
    http: { listen: `127.0.0.1:${port}`, public_url: "https://driftward.example.com" },
    trainers: {
      far: {
        runner: "webhook",
        url: "https://ci.example.com/path-of-a-secret",
        headers: { Authorization: "CI_AUTHORIZATION" },
        parameters: { epochs: { type: "integer", minimum: 1, maximum: 100, default: 10 } },
      },
    },
  });
});
afterAll(async () => {
  await killRunning();
  folder.remove();
});

const policyFile = () => join(folder.path, "policies/orders.yaml");

/** The project's policy, with a retrain section that sets so many epochs. */
function setEpochs(epochs: number): void {
  const base = readFileSync(policyFile(), "utf8").split("\nretrain:")[0]?.trimEnd();
  const more = `retrain: { trainer: far, with: { epochs: ${epochs} } }\nevaluate: { gates: [candidate.rmse.upper < 5.0] }\n`;
  writeFileSync(policyFile(), `${base}\n${more}`);
}

test("a parameter that the operator does not allow is refused before anything happens", async () => {
  setEpochs(200);
  for (const command of ["validate", "apply"]) {
    const { code, stdout, stderr } = await runProgram([command], here);
    expect(`${stdout}${stderr}`).toContain(
      'parameter epochs of trainer "far": expected an integer from 1 to 100, got 200',
    );
    expect([command, code]).toEqual([command, 3]);
  }
  setEpochs(20);
  expect(await runProgram(["validate"], here)).toMatchObject({ code: 0 });
});

test("doctor tells whom a trainer calls, and what is missing, without a secret", async () => {
  const { stdout } = await runProgram(["doctor"], here);
  expect(stdout).toContain("webhook at ci.example.com, not called now");
  expect(stdout).not.toMatch(/canary|path-of-a-secret/);
  const without = await runProgram(["doctor"], { cwd: folder.path });
  expect(without.stdout).toContain("expected CI_AUTHORIZATION in the environment, found none");
});

test("up listens for trainings elsewhere until it is stopped", async () => {
  const program = startProgram(["up"], here);
  const answer = () => fetch(`http://127.0.0.1:${port}/v1/transfers/none/training/none`);
  await waitFor("it listens", () => answer().then(Boolean, () => false), 60_000);
  expect([(await answer()).status, await (await answer()).json()]).toEqual([404, { error: "there is nothing here" }]);
  await waitFor("it watches", () => program.stdout().includes("watching"), 60_000);
  const second = await runProgram(["up"], here);
  expect(second.code).toBe(4);
  expect(second.stderr).toContain(`127.0.0.1:${port} cannot be listened on`);
  program.process.kill("SIGTERM");
  expect(await program.ended).toMatchObject({ code: 0 });
  await expect(answer()).rejects.toThrow();
});
