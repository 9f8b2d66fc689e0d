import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { loadConfig } from "../src/config.ts";

const folder = mkdtempSync(join(tmpdir(), "driftward-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string, environment: Record<string, string> = {}) => {
  writeFileSync(join(folder, "driftward.yaml"), text);
  return loadConfig(folder, environment);
};

describe("where policies come from", () => {
  test("the folder policies, applied by up, when nothing is said", () => {
    expect(load("")).toMatchObject({
      policies: join(folder, "policies"),
      policyRepository: undefined,
      autoApply: true,
    });
    expect(load("policies: ml\nauto_apply: false\n")).toMatchObject({ policies: join(folder, "ml"), autoApply: false });
  });

  test("a branch of a repository, with its defaults", () => {
    expect(load("policies: { git: 'git@github.com:acme/p.git' }\n").policyRepository).toEqual({
      ...{ url: "git@github.com:acme/p.git", branch: "main", folder: "policies", everyMs: 300_000 },
    });
    const all = "policies: { git: ../repo, branch: live, folder: ., every: 1m }\n";
    expect(load(all).policyRepository).toEqual({
      ...{ url: join(folder, "../repo"), branch: "live", folder: "", everyMs: 60_000 },
    });
  });

  test("the environment names a folder before the file names a repository", () => {
    const found = load("policies: { git: ../repo }\n", { DRIFTWARD_POLICIES: "/srv/policies" });
    expect(found).toMatchObject({ policies: "/srv/policies", policyRepository: undefined });
  });

  test.each([
    ["policies: { git: 'ext::sh -c id' }", /helper of git|without blanks/],
    ["policies: { git: '--upload-pack=id' }", /option/],
    ["policies: { git: 'https://me:secret@example.com/p' }", /without a secret/],
    ["policies: { git: x, branch: '--upload-pack=id' }", /name of a branch/],
    ["policies: { git: x, folder: ../.. }", /folder inside the repository/],
    ["policies: { git: x, every: 1s }", /expected/],
    ["policies: { git: x, brnch: main }", /Unrecognized key: "brnch"/],
    ["policies: { folder: x }", /expected a folder, or git/],
    ["policies: 3", /expected a folder, or git/],
    ["auto_apply: 'yes'", /auto_apply/],
  ])("refuses %s", (text, message) => {
    const refused = expect.objectContaining({ code: "InvalidConfig", message: expect.stringMatching(message) });
    expect(() => load(`${text}\n`)).toThrow(refused);
  });
});
