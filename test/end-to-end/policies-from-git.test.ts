import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { makeRepository, policy } from "../adapters/policy-git/repository.ts";
import { waitFor } from "../support/wait-for.ts";
import { makeFolder, type Program, runJson, runProgram, startProgram } from "./program.ts";

const folder = makeFolder("git");
const repository = makeRepository(join(folder.path, "repo"));
const here = { cwd: folder.path };
let running: Program | undefined;

beforeAll(() => {
  const settings = "policies: { git: ./repo, every: 10s }\nlog: { level: info, file: driftward.log }\n";
  writeFileSync(join(folder.path, "driftward.yaml"), settings);
});
afterEach(() => {
  running?.process.kill("SIGKILL");
});
afterAll(() => folder.remove());

interface Status {
  readonly model: string;
  readonly policy: { readonly commit: string; readonly author: string } | null;
  readonly refusedPolicy: { readonly gitCommit: string } | null;
}
const statuses = async () => (await runJson(["status"], here)).models as readonly Status[];

test("up follows the branch: a good commit takes effect, a bad one is refused, told, and mended", async () => {
  repository.write("policies/churn.yaml", policy("churn", "for_each: { country: [NL, DE] }\n"));
  const good = repository.commit();
  expect(await runJson(["validate"], here)).toMatchObject({ valid: true, files: ["policies/churn.yaml"] });
  running = startProgram(["up"], here);
  await waitFor("up", () => running?.stdout().includes("watching 2 models") === true, 60_000);
  expect(await statuses()).toMatchObject([
    { model: "churn/DE", policy: { commit: good, author: "Ada <ada@example.com>" }, refusedPolicy: null },
    { model: "churn/NL", policy: { commit: good }, refusedPolicy: null },
  ]);

  repository.write("policies/churn.yaml", policy("churn", "for_each: { country: [NL, DE] }\nrulez: 1\n"));
  const bad = repository.commit("Bob <bob@example.com>");
  await waitFor("the refusal", async () => (await statuses())[0]?.refusedPolicy?.gitCommit === bad, 60_000);
  const shown = await runProgram(["status", "churn/NL"], here);
  expect(shown.stdout).toContain(`policies/churn.yaml @ ${bad.slice(0, 7)} by Bob <bob@example.com>`);
  expect(shown.stdout).toContain('policies/churn.yaml:8:1: unknown key "rulez"');
  const resolved = await runJson(["policy", "churn/NL"], here);
  expect(resolved).toMatchObject({ commit: good, revision: { seq: 1 }, policy: { model: "churn/NL" } });
  const mails = await runProgram(["mail"], here);
  expect(mails.stdout.match(/policy refused/g)).toHaveLength(1);

  repository.write("policies/churn.yaml", policy("churn", "for_each: { country: [NL, DE, BE] }\n"));
  const mended = repository.commit();
  await waitFor("the mended one", async () => (await statuses()).length === 3, 60_000);
  expect(await statuses()).toMatchObject(
    ["BE", "DE", "NL"].map((value) => ({ model: `churn/${value}`, policy: { commit: mended }, refusedPolicy: null })),
  );
  running.process.kill("SIGTERM");
  expect(await running.ended).toMatchObject({ code: 0, stderr: "" });
}, 180_000);

test("up starts when the repository is away, and says so", async () => {
  repository.run("branch", "--move", "main", "away");
  running = startProgram(["up"], here);
  await waitFor("up", () => running?.stdout().includes("watching 3 models") === true, 60_000);
  expect(running.stderr()).toContain("expected branch main of the policies' repository, got: there is no such branch");
  running.process.kill("SIGTERM");
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(await runProgram(["apply"], here)).toMatchObject({ code: 4 });
}, 120_000);
