import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type PolicyGitOptions, policyGit } from "../../../src/adapters/policy-git/policy-git.ts";
import { bundlePolicy } from "../../../src/core/policy/bundle.ts";
import { makeRepository, policy, type TestRepository } from "./repository.ts";

let repository: TestRepository;
let data: string;

beforeEach(() => {
  repository = makeRepository();
  data = mkdtempSync(join(tmpdir(), "driftward-snapshots-"));
});
afterEach(() => {
  repository.remove();
  rmSync(data, { recursive: true, force: true });
});

const named = { read: async () => [{ path: "named", source: "" }] };
const open = (more: Partial<PolicyGitOptions> = {}) =>
  policyGit({
    url: repository.folder,
    branch: "main",
    folder: "policies",
    snapshots: data,
    environment: { PATH: process.env.PATH, HOME: data },
    local: named,
    ...more,
  });
const snapshots = () => readdirSync(data).flatMap((one) => readdirSync(join(data, one)));

test("reads the policies of the branch's newest commit, with who last changed each and what it shares", async () => {
  repository.write("policies/churn.yaml", policy("churn"));
  repository.write("policies/team/fraud.yml", policy("fraud"));
  repository.write("policies/team/defaults.yaml", "shared: 1\n");
  repository.write("policies/schema/x.yaml", "no policy");
  repository.write("policies/.hidden.yaml", "no policy");
  repository.write("policies/notes.md", "no policy");
  repository.write("other.yaml", "elsewhere");
  const first = repository.commit("Ada <ada@example.com>");
  repository.write("policies/team/defaults.yaml", "shared: 2\n");
  const second = repository.commit("Bob Ö <bob@example.com>");
  repository.write("README.md", "elsewhere");
  repository.commit("Cy <cy@example.com>");
  expect(await open().read()).toEqual([
    { path: "policies/churn.yaml", source: policy("churn"), commit: first, author: "Ada <ada@example.com>" },
    {
      path: "policies/team/fraud.yml",
      source: bundlePolicy(policy("fraud"), { file: "policies/team/defaults.yaml", source: "shared: 2\n" }),
      commit: second,
      author: "Bob Ö <bob@example.com>",
    },
  ]);
});

test("follows the branch, also over a rewritten history, and fetches each commit once", async () => {
  repository.write("policies/m.yaml", policy("a"));
  repository.commit();
  const source = open();
  expect((await source.read()).map((one) => one.source)).toEqual([policy("a")]);
  await source.read();
  expect(snapshots()).toHaveLength(1);
  repository.write("policies/m.yaml", policy("b"));
  repository.run("checkout", "--quiet", "--orphan", "anew");
  const rewritten = repository.commit();
  repository.run("branch", "--force", "main", "anew");
  expect(await source.read()).toMatchObject([{ source: policy("b"), commit: rewritten }]);
  repository.run("checkout", "--quiet", "main");
  repository.write("policies/m.yaml", policy("not committed"));
  expect(await source.read()).toMatchObject([{ source: policy("b") }]);
});

test("another branch, a folder below, the top, and a bare repository", async () => {
  repository.write("ml/a.yaml", policy("a"));
  repository.write("b.yaml", policy("b"));
  repository.commit();
  repository.run("checkout", "--quiet", "-b", "team/live");
  repository.write("ml/a.yaml", policy("live"));
  repository.commit();
  const paths = async (more: Partial<PolicyGitOptions>) => (await open(more).read()).map(({ path }) => path);
  expect(await paths({ folder: "ml" })).toEqual(["ml/a.yaml"]);
  expect(await paths({ folder: "" })).toEqual(["b.yaml", "ml/a.yaml"]);
  expect((await open({ folder: "ml", branch: "team/live" }).read())[0]?.source).toBe(policy("live"));
  const bare = join(data, "bare.git");
  repository.run("clone", "--quiet", "--bare", repository.folder, bare);
  expect(await paths({ folder: "ml", url: `file://${bare}`, snapshots: join(data, "s") })).toEqual(["ml/a.yaml"]);
});

test("a commit older than the history that is fetched is told as what is read, without an author", async () => {
  repository.write("policies/old.yaml", policy("old"));
  repository.commit("Old <old@example.com>");
  for (let n = 0; n < 205; n += 1)
    repository.run(
      ...["-c", "user.name=n", "-c", "user.email=n@n", "commit", "--quiet", "--allow-empty", "-m", String(n)],
    );
  const head = repository.run("rev-parse", "HEAD");
  const [text] = await open({ url: `file://${repository.folder}` }).read();
  expect(text).toEqual({ path: "policies/old.yaml", source: policy("old"), commit: head });
});

test("paths that are named come from this machine", async () => {
  expect(await open({ url: "/nowhere" }).read(["named"])).toEqual([{ path: "named", source: "" }]);
});

describe("a file that is none is a mistake of that file alone", () => {
  test("links, whatever they lead to", async () => {
    repository.write("policies/good.yaml", policy("good"));
    repository.link("policies/passwd.yaml", "/etc/passwd");
    repository.link("policies/inside.yaml", "good.yaml");
    repository.link("policies/below/defaults.yaml", "../../../../etc/hostname");
    repository.write("policies/below/m.yaml", policy("m"));
    repository.commit();
    const texts = await open().read();
    expect(Object.fromEntries(texts.map((one) => [one.path, one.unreadableBecause]))).toEqual({
      "policies/below/m.yaml": "policies/below/defaults.yaml is a link: put the file itself there",
      "policies/good.yaml": undefined,
      "policies/inside.yaml": "policies/inside.yaml is a link: put the file itself there",
      "policies/passwd.yaml": "policies/passwd.yaml is a link: put the file itself there",
    });
    expect(JSON.stringify(texts)).not.toContain("root:");
  });

  test("a link in place of the folder, a submodule, Git LFS, and too long a file", async () => {
    repository.write("policies/big.yaml", `# ${"x".repeat(262_144)}\n`);
    repository.write("policies/lfs.yaml", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    repository.link("elsewhere", "/etc");
    repository.run("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},policies/sub.yaml`);
    repository.run("add", "--all", "policies/big.yaml", "policies/lfs.yaml", "elsewhere");
    repository.run("-c", "user.name=n", "-c", "user.email=n@n", "commit", "--quiet", "-m", "x");
    const texts = await open().read();
    expect(texts.map(({ path, unreadableBecause }) => [path, unreadableBecause])).toEqual([
      ["policies/big.yaml", "policies/big.yaml has more than 256 KiB: one file for each model"],
      ["policies/lfs.yaml", "policies/lfs.yaml is kept by Git LFS: keep it as a plain file"],
    ]);
    await expect(open({ folder: "elsewhere" }).read()).rejects.toMatchObject({ code: "NotFound" });
  });
});

describe("refuses with what is wrong, and leaves nothing half done", () => {
  test.each([
    ["a repository that is not there", { url: "/nowhere/at/all" }, /does not (exist|appear)/],
    ["a branch that is not there", { branch: "other" }, /no such branch/],
    ["a folder that is not there", { folder: "polices" }, /expected a folder polices/],
  ])("%s", async (_, more, message) => {
    repository.write("policies/m.yaml", policy("m"));
    repository.commit();
    await expect(open(more).read()).rejects.toThrow(message);
    expect(snapshots().filter((name) => name.startsWith("fetching"))).toEqual([]);
  });

  test("a repository that is too large, with and without its history", async () => {
    repository.write("policies/m.yaml", policy("m"));
    const noise = Buffer.from(Array.from({ length: 400_000 }, (_, n) => (n * 2_654_435_761) % 251));
    for (let n = 0; n < 4; n += 1) {
      writeFileSync(join(repository.folder, "noise"), Buffer.concat([noise.subarray(n * 1_000), Buffer.from([n])]));
      writeFileSync(join(repository.folder, `random-${n}`), randomBytes(300_000));
      if (n > 0) rmSync(join(repository.folder, `random-${n - 1}`));
      repository.commit();
    }
    const url = `file://${repository.folder}`;
    await expect(open({ url, mostBytes: 100_000 }).read()).rejects.toMatchObject({
      code: "SourceUnavailable",
      message: expect.stringContaining("larger than 0 MiB"),
    });
    expect(snapshots()).toEqual([]);
    // Its newest commit alone is small enough.
    const [text] = await open({ url, mostBytes: 900_000 }).read();
    expect(text).toMatchObject({ source: policy("m") });
    expect(text?.author).toBeUndefined();
  });

  test("a server that never answers is given up in time", async () => {
    const slow = join(data, "slow");
    writeFileSync(slow, "#!/bin/sh\nsleep 30\n");
    chmodSync(slow, 0o755);
    const started = Date.now();
    const environment = { PATH: process.env.PATH, HOME: data, GIT_SSH: slow };
    await expect(
      open({ url: "git@example.com:x.git", environment, timeoutMs: 500, snapshots: join(data, "s") }).read(),
    ).rejects.toThrow(/did not end within 0.5 s/);
    expect(Date.now() - started).toBeLessThan(25_000);
  });
});

test("snapshots and dead fetches are removed after an hour; two at once give the same", async () => {
  repository.write("policies/m.yaml", policy("a"));
  const old = repository.commit();
  const both = await Promise.all([open().read(), open().read()]);
  expect(both[0]).toEqual(both[1]);
  expect(snapshots()).toEqual([old]);
  const [key = ""] = readdirSync(data);
  const dead = join(data, key, "fetching-dead");
  writeFileSync(dead, "");
  for (const path of [dead, join(data, key, old)]) utimesSync(path, 0, 0);
  repository.write("policies/m.yaml", policy("b"));
  const next = repository.commit();
  await open().read();
  expect(snapshots()).toEqual([next]);
  expect(statSync(join(data, key)).mode & 0o077).toBe(0);
});

test("a repository starts no program: hooks, filters, attributes, and settings of its own are left alone", async () => {
  const mark = join(data, "ran");
  const program = `touch ${mark}`;
  repository.write("policies/m.yaml", policy("m"));
  repository.write(".gitattributes", "*.yaml filter=bad diff=bad textconv=bad\n");
  repository.write(".gitmodules", `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c '${program}'\n`);
  repository.commit();
  for (const hook of ["post-checkout", "reference-transaction", "post-merge", "pre-push"]) {
    writeFileSync(join(repository.folder, ".git/hooks", hook), `#!/bin/sh\n${program}\n`);
    chmodSync(join(repository.folder, ".git/hooks", hook), 0o755);
  }
  for (const key of ["filter.bad.smudge", "diff.bad.textconv", "core.fsmonitor", "core.sshCommand", "diff.external"])
    repository.run("config", key, program);
  expect(await open().read()).toMatchObject([{ source: policy("m") }]);
  expect(existsSync(mark)).toBe(false);
});

test("an address that slipped through is still no helper and no option", async () => {
  const mark = join(data, "ran");
  for (const url of [`ext::sh -c "touch ${mark}"`, `--upload-pack=touch ${mark}`, "http://127.0.0.1:9/x.git"])
    await expect(open({ url }).read()).rejects.toMatchObject({ code: "SourceUnavailable" });
  for (const branch of [`--upload-pack=touch ${mark}`, "main:refs/heads/other"])
    await expect(open({ branch }).read()).rejects.toMatchObject({ code: "SourceUnavailable" });
  expect(existsSync(mark)).toBe(false);
});

test("secrets of the environment do not reach git or what it starts", async () => {
  const seen = join(data, "seen");
  const ssh = join(data, "ssh");
  writeFileSync(ssh, `#!/bin/sh\nenv > ${seen}\nexit 1\n`);
  chmodSync(ssh, 0o755);
  const environment = { PATH: process.env.PATH, HOME: data, GIT_SSH: ssh, DATABASE_URL: "postgres://secret" };
  const places = { url: "git@example.com:x.git", environment, snapshots: join(data, "s") };
  await expect(open(places).read()).rejects.toMatchObject({ code: "SourceUnavailable" });
  expect(readFileSync(seen, "utf8")).toContain("HOME=");
  expect(readFileSync(seen, "utf8")).not.toContain("secret");
});
