import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

test("variables that are set to nothing are as if unset", () => {
  const names = ["DATA", "CONFIG", "POLICIES", "SMTP_URL", "TOKEN", "LOG"].map((name) => `DRIFTWARD_${name}`);
  const empty = Object.fromEntries([...names, "DATABASE_URL", "REDIS_URL", "USER"].map((name) => [name, ""]));
  expect(load("data: kept\nmail: { smtp: 'smtp://localhost' }\n", { ...empty, LOGNAME: "ada" })).toMatchObject({
    file: join(folder, "driftward.yaml"),
    dataDirectory: join(folder, "kept"),
    policies: join(folder, "policies"),
    mail: { smtpUrl: "smtp://localhost" },
    user: "ada",
    token: undefined,
  });
});

test("a file that cannot be read is wrong use, with its name", () => {
  const expected = { code: "InvalidConfig", message: `${folder}: cannot be read (EISDIR)` };
  expect(() => loadConfig(folder, {}, ".")).toThrow(expect.objectContaining(expected));
});

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
    ["policies: { git: x, brnch: main }", /unknown key "policies.brnch"/],
    ["policies: { folder: x }", /expected a folder, or git/],
    ["policies: 3", /expected a folder, or git/],
    ["auto_apply: 'yes'", /auto_apply/],
  ])("refuses %s", (text, message) => {
    const refused = expect.objectContaining({ code: "InvalidConfig", message: expect.stringMatching(message) });
    expect(() => load(`${text}\n`)).toThrow(refused);
  });
});

describe("webhooks", () => {
  test("a signed CloudEvent where nothing else is said; Slack's need no signature", () => {
    const text = `webhooks:
  pager: { url: "https://pager.example.com/hook", secret_env: PAGER_SECRET, allow: [10.1.0.0/16] }
  chat: { url_env: SLACK_URL, format: slack }
`;
    expect(load(text).webhooks).toEqual({
      pager: {
        url: { text: "https://pager.example.com/hook" },
        ...{ secretVariable: "PAGER_SECRET", format: "cloudevents", allow: ["10.1.0.0/16"] },
      },
      chat: { url: { variable: "SLACK_URL" }, secretVariable: undefined, format: "slack", allow: [] },
    });
  });

  test.each([
    ["pager: { url: 'https://a.example', format: cloudevents }", /webhooks\.pager: expected secret_env/],
    ["pager: { secret_env: S }", /expected either url or url_env/],
    ["pager: { url: 'https://a.example', url_env: U, secret_env: S }", /expected either url or url_env/],
    ["pager: { url: 'ftp://a.example', secret_env: S }", /expected an https URL/],
    ["pager: { url: 'https://me:word@a.example', secret_env: S }", /expected an https URL/],
    ["'two words': { url: 'https://a.example', secret_env: S }", /webhooks/],
  ])("%s is refused", (line, said) => {
    expect(() => load(`webhooks:\n  ${line}\n`)).toThrow(said);
  });
});

test("commands of trainers, hooks and sources begin where driftward.yaml lies", () => {
  const command = "command: [./bin/run.sh, ../common.py, plain.py, /abs]";
  const found = load(
    `trainers: { t: { ${command} } }\nhooks: { h: { deploy: { ${command} } } }\nsources: { s: { ${command} } }\n`,
  );
  const expected = [join(folder, "bin/run.sh"), join(folder, "../common.py"), "plain.py", "/abs"];
  expect(found.trainers.t).toMatchObject({ command: expected });
  expect(found.hooks.h?.deploy.call).toMatchObject({ command: expected });
  expect(found.sources.programs.s).toMatchObject({ command: expected, environment: [], timeoutMs: 600_000 });
});

describe("where state and queue are, and the queue's times", () => {
  test("variables win over the file; an empty one, as compose files pass on, says nothing", () => {
    const file = "database_url: postgres://file\nredis_url: redis://file\n";
    const urls = (environment: Record<string, string>, text = file) => {
      const { databaseUrl, redisUrl } = load(text, environment);
      return [databaseUrl, redisUrl];
    };
    expect(urls({ DATABASE_URL: "postgres://env", REDIS_URL: "redis://env" })).toEqual([
      "postgres://env",
      "redis://env",
    ]);
    expect(urls({ DATABASE_URL: "", REDIS_URL: "" })).toEqual(["postgres://file", "redis://file"]);
    expect(urls({ DATABASE_URL: "", REDIS_URL: "" }, "")).toEqual([undefined, undefined]);
  });

  test("each time of the queue can be set, and has the default that docs/operation.md shows", () => {
    const page = readFileSync(join(import.meta.dirname, "../docs/operation.md"), "utf8");
    const [, shown = ""] = /```yaml\n(queue:[\s\S]*?)```/.exec(page) ?? [];
    expect(load("").queue).toEqual(load(shown).queue);
    const set = "queue: { lock: 2s, stalled_every: 3s, lease: 4s, wake_every: 5s, drain: 0s }\n";
    expect(load(set).queue).toEqual({
      lockMs: 2_000,
      stalledEveryMs: 3_000,
      leaseMs: 4_000,
      wakeEveryMs: 5_000,
      drainMs: 0,
    });
  });

  test.each(["lock", "stalled_every", "lease", "wake_every"])("queue.%s of nothing is refused", (name) => {
    expect(() => load(`queue: { ${name}: 0s }\n`)).toThrow(/expected at least 1s/);
  });
});
