import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Applied, type ApplyPorts, applyPolicies } from "../../src/actions/apply-policies.ts";
import { showPolicyInForce } from "../../src/actions/policy.ts";
import { status } from "../../src/actions/status.ts";
import { policyGit } from "../../src/adapters/policy-git/policy-git.ts";
import { createWebhooks } from "../../src/adapters/webhook/webhooks.ts";
import { systemActor } from "../../src/core/actor.ts";
import { parsePolicy } from "../../src/core/policy/parse-policy.ts";
import { resolvedValues } from "../../src/core/policy/resolved-file.ts";
import type { Mail, Mailer } from "../../src/ports/mailer.ts";
import type { PolicyText } from "../../src/ports/policy-source.ts";
import { writeMail } from "../../src/render/mail/write-mail.ts";
import { type Notice, notify } from "../../src/stages/notify.ts";
import { makeRepository, policy } from "../adapters/policy-git/repository.ts";
import { lookUpPolicies } from "../support/look-up-policies.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";

let state: TestState;
let hours = 0;

beforeAll(async () => {
  state = await openTestState();
}, 60_000);
afterAll(() => state.close());

const clock = { now: () => new Date(Date.UTC(2026, 0, 1, hours)) };
const portsOf = (read: () => Promise<readonly PolicyText[]>): ApplyPorts => ({
  state,
  clock,
  ids: { next: () => randomUUID() },
  policySource: { read },
});
const apply = (...texts: readonly PolicyText[]): Promise<Applied> => {
  hours += 1;
  return applyPolicies(
    portsOf(async () => texts),
    systemActor,
    { tellLeft: true },
  );
};
const text = (model: string, more: Partial<PolicyText> = {}): PolicyText => ({
  path: `policies/${model}.yaml`,
  source: policy(model),
  ...more,
});
const broken = (model: string, more: Partial<PolicyText> = {}): PolicyText =>
  text(model, { source: policy(model, "rulez: 1\n"), ...more });

async function find(name: string) {
  const model = await state.models.find(name);
  if (model === undefined) throw new Error(`no model ${name}`);
  return model;
}
async function notices(name: string) {
  return state.notifications.ofSubject((await find(name)).id);
}
async function inForce(name: string) {
  const { policyRevision } = await find(name);
  return policyRevision === undefined ? undefined : state.policies.get(policyRevision);
}
/** What a refusal says follows from no policy. */
const noPolicies = { of: () => Promise.reject(new Error("no policy is asked for")) };
async function refused(name: string) {
  const [one] = await status({ state, policies: noPolicies }, [await find(name)], 1);
  return one?.refused;
}

describe("what driftward.yaml has not", () => {
  const operator = { webhooks: ["pager"], offered: { root: "/srv", allow: ["/srv/lake"], programs: {} } };
  const offer = (model: string, more: string): Promise<Applied> =>
    applyPolicies(
      { ...portsOf(async () => [text(model, { source: policy(model, more) })]), operator: operator as never },
      systemActor,
    );

  test("is told, and may be elsewhere", async () => {
    const { applied, problems } = await offer("mistyped", "notify: { critical: [webhook: pagr] }\n");
    expect(applied).toMatchObject([{ model: "mistyped", changed: true }]);
    expect(problems).toMatchObject([
      { severity: "hint", message: 'driftward.yaml names no webhook "pagr"', hint: 'did you mean "pager"?' },
    ]);
  });

  test("but files that policies may not read are a mistake", async () => {
    const { applied, problems } = await offer("outside", "data: { predictions: { files: '/etc/*.csv' } }\n");
    expect(applied).toEqual([]);
    expect(problems).toMatchObject([{ severity: "error", message: expect.stringContaining("lies in no folder") }]);
  });
});

describe("a revision", () => {
  test("is recorded with commit, author, path and digest, once", async () => {
    const offered = text("once", { commit: "c1", author: "Ada <ada@example.com>" });
    expect(await apply(offered)).toMatchObject({
      applied: [{ model: "once", path: "policies/once.yaml", changed: true, unknown: true }],
      problems: [],
    });
    expect((await apply(offered)).applied).toMatchObject([{ changed: false }]);
    // A commit that left the text as it is makes no other policy.
    expect((await apply({ ...offered, commit: "c2" })).applied).toMatchObject([{ changed: false }]);
    expect(await inForce("once")).toMatchObject({
      seq: 1,
      path: "policies/once.yaml",
      gitCommit: "c1",
      author: "Ada <ada@example.com>",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      source: policy("once"),
    });
    expect((await apply({ ...offered, source: policy("once", "# changed\n") })).applied).toMatchObject([
      { changed: true },
    ]);
    expect(await inForce("once")).toMatchObject({ seq: 2 });
  });

  test("that was not committed before gets its commit", async () => {
    await apply(text("later"));
    expect((await apply(text("later", { commit: "c1" }))).applied).toMatchObject([{ changed: true }]);
    expect(await inForce("later")).toMatchObject({ seq: 2, gitCommit: "c1" });
    expect((await apply(text("later"))).applied).toMatchObject([{ changed: false }]);
  });

  test("for_each makes one for each model, and what is recorded reads as that model's", async () => {
    const source = policy("per", "for_each: { country: [NL, DE] }\n");
    expect((await apply(text("per", { source }))).applied.map(({ model }) => model)).toEqual(["per/NL", "per/DE"]);
    for (const name of ["per/NL", "per/DE"]) {
      const revision = await inForce(name);
      expect(parsePolicy(revision?.source ?? "", "per.yaml")).toMatchObject({ policy: { model: name } });
    }
    expect((await inForce("per/NL"))?.digest).not.toBe((await inForce("per/DE"))?.digest);
    expect(await state.models.find("per")).toBeUndefined();
    const more = source.replace("DE]", "DE, BE]");
    expect((await apply(text("per", { source: more }))).applied).toEqual([
      { model: "per/NL", path: "policies/per.yaml", changed: true, unknown: false },
      { model: "per/DE", path: "policies/per.yaml", changed: true, unknown: false },
      { model: "per/BE", path: "policies/per.yaml", changed: true, unknown: true },
    ]);
    const shown = await showPolicyInForce(state, "per/DE");
    expect(shown).toMatchObject({ model: "per/DE", path: "policies/per.yaml", revision: { seq: 2 } });
    expect(resolvedValues(shown.resolved)[2]).toMatchObject({ path: "model", value: "per/DE" });
  });
});

describe("a bad revision", () => {
  test("changes nothing, is told to the owners of the good one once for each commit, and shows until it is mended", async () => {
    await apply(text("bad", { commit: "good" }));
    const offered = broken("bad", { commit: "bad1", author: "Bob <bob@example.com>" });
    expect(await apply(offered)).toMatchObject({ applied: [], problems: [{ message: 'unknown key "rulez"' }] });
    await apply(offered);
    await apply(offered);
    expect(await inForce("bad")).toMatchObject({ gitCommit: "good" });
    expect(await refused("bad")).toMatchObject({
      gitCommit: "bad1",
      author: "Bob <bob@example.com>",
      problems: [{ place: { file: "policies/bad.yaml", line: 7, column: 1 } }],
    });
    expect(await notices("bad")).toMatchObject([
      { kind: "policy refused", n: 1, recipient: "bad@example.com", state: "queued" },
    ]);
    await apply({ ...offered, commit: "bad2" });
    expect(await notices("bad")).toHaveLength(2);
    await apply(text("bad", { commit: "good" }));
    expect(await refused("bad")).toBeUndefined();
    // The bad one again: it stands, and was told before.
    await apply(offered);
    expect(await refused("bad")).toMatchObject({ gitCommit: "bad1" });
    expect(await notices("bad")).toHaveLength(2);
    const records = (await state.records.list(1, 1_000)).filter(({ kind }) => kind === "policy refused");
    expect(records.map(({ payload }) => JSON.parse(payload).commit)).toEqual(["bad1", "bad2"]);
  });

  test("is told in a mail that names both revisions, the file and the line", async () => {
    await apply(text("mailed", { commit: "abcdef0123", author: "Ada <ada@example.com>" }));
    await apply(broken("mailed", { commit: "fedcba9876", author: "Mallory \u202e<m@example.com>" }));
    const [notice] = await notices("mailed");
    const sent: Mail[] = [];
    const mailer: Mailer = {
      send: async (mail) => {
        sent.push(mail);
      },
    };
    await notify(
      {
        ...{ state, policies: lookUpPolicies(state), clock, mailer, writeMail },
        webhooks: createWebhooks({ targets: {}, environment: {}, allow: [] }),
      },
      { notificationId: notice?.id ?? "" },
    );
    expect(sent).toMatchObject([{ to: "mailed@example.com", subject: "[Driftward] mailed: policy refused" }]);
    const body = sent[0]?.text.replaceAll(/\s+/g, " ");
    expect(body).toContain("the policy was refused, it has a mistake. Revision 1 stays in force.");
    expect(body).toContain("policies/mailed.yaml @ fedcba9 by Mallory ·<m@example.com>");
    expect(body).toContain('policies/mailed.yaml:7:1: unknown key "rulez"');
    expect(body).toContain("policies/mailed.yaml @ abcdef0 by Ada <ada@example.com>");
    expect(sent[0]?.html).not.toContain("\u202e");
    expect(writeMail(notice?.body as Notice, "i").headers["X-Driftward-State"]).toBe("refused");
  });

  test("keeps no other file back, and concerns only the models of its own", async () => {
    await apply(text("left"), text("right"));
    const more = text("right", { source: policy("right", "# more\n") });
    expect((await apply(broken("left"), more)).applied).toEqual([
      { model: "right", path: "policies/right.yaml", changed: true, unknown: false },
    ]);
    expect(await refused("left")).toBeDefined();
    expect(await refused("right")).toBeUndefined();
  });

  test("of many models is one mail to whoever owns them, and shows with each", async () => {
    const source = policy("many", "for_each: { country: [NL, DE, BE] }\n");
    await apply(text("many", { source }));
    await apply(text("many", { source: `${source}rulez: 1\n`, commit: "c" }));
    const names = ["many/BE", "many/DE", "many/NL"];
    const mails = (await Promise.all(names.map(notices))).flat();
    expect(mails).toMatchObject([{ recipient: "many@example.com", body: { model: "many/BE", others: 2 } }]);
    const [mail] = mails;
    expect(writeMail(mail?.body as Notice, "i").text).toMatch(/^many\/BE and 2 other models of the file: the policy/);
    for (const name of names) expect(await refused(name)).toMatchObject({ gitCommit: "c" });
  });

  test("of a model that moved to another file is no model's", async () => {
    await apply(text("moved"));
    await apply(broken("moved"), text("moved", { path: "policies/elsewhere.yaml" }));
    expect(await refused("moved")).toBeUndefined();
    expect(await inForce("moved")).toMatchObject({ path: "policies/elsewhere.yaml" });
  });

  test("two files for one model: neither, whatever their order", async () => {
    await apply(text("shared"));
    const { applied, problems } = await apply(
      text("shared", { path: "policies/a.yaml", source: policy("shared", "# a\n") }),
      text("shared"),
    );
    expect(applied).toEqual([]);
    expect(problems).toMatchObject([{ message: 'model "shared" already has a policy, policies/a.yaml' }]);
    expect(await inForce("shared")).toMatchObject({ path: "policies/shared.yaml", seq: 1 });
    expect(await refused("shared")).toBeDefined();
  });

  test("a feature that the model does not have", async () => {
    await apply(text("known"));
    const { id } = await find("known");
    await state.transaction((tx) => tx.models.update(id, { features: { income: "numeric" } }));
    const source = policy("known").replace("drift.share > 0.3", 'drift.feature("incom").drifted');
    expect((await apply(text("known", { source }))).problems).toMatchObject([
      { message: 'the model has no feature "incom"', hint: 'did you mean "income"?' },
    ]);
    expect(await refused("known")).toBeDefined();
  });

  test("of a new model is nobody's yet: it is only told to who applies", async () => {
    expect((await apply(broken("fresh"))).problems).toHaveLength(1);
    expect(await state.models.find("fresh")).toBeUndefined();
  });

  test("a file that is a link is told as such", async () => {
    await apply(text("link"));
    const { problems } = await apply(text("link", { source: "# 1\n", unreadableBecause: "it is a link" }));
    expect(problems).toMatchObject([{ message: "it is a link", place: { file: "policies/link.yaml" } }]);
    expect(await refused("link")).toMatchObject({ problems: [{ message: "it is a link" }] });
  });

  test("two at once record it once", async () => {
    await apply(text("race"));
    const offered = broken("race", { commit: "c" });
    await Promise.all(Array.from({ length: 5 }, () => apply(offered)));
    expect(await notices("race")).toHaveLength(1);
    expect(await state.policies.refusals((await find("race")).id)).toHaveLength(1);
  });
});

describe("from a git repository", () => {
  let data: string;
  let repository: ReturnType<typeof makeRepository>;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "driftward-apply-"));
    repository = makeRepository();
  });
  afterEach(() => {
    repository.remove();
    rmSync(data, { recursive: true, force: true });
  });

  test("good, bad, mended: the good one stays in force until the mended one comes", async () => {
    const source = policyGit({
      ...{ url: repository.folder, branch: "main", folder: "policies", snapshots: data },
      environment: { PATH: process.env.PATH, HOME: data },
      local: { read: async () => [] },
    });
    const applyNow = () =>
      applyPolicies(
        portsOf(() => source.read()),
        systemActor,
      );
    repository.write("policies/git.yaml", policy("git"));
    const good = repository.commit("Ada <ada@example.com>");
    expect((await applyNow()).applied).toMatchObject([{ model: "git", changed: true }]);
    repository.write("policies/git.yaml", policy("git", "rulez: 1\n"));
    const bad = repository.commit("Bob <bob@example.com>");
    expect((await applyNow()).problems).toHaveLength(1);
    expect(await inForce("git")).toMatchObject({ gitCommit: good, author: "Ada <ada@example.com>" });
    expect(await refused("git")).toMatchObject({ gitCommit: bad, author: "Bob <bob@example.com>" });
    repository.write("README.md", "unrelated");
    repository.commit();
    await applyNow();
    expect(await notices("git")).toHaveLength(1);
    repository.write("policies/git.yaml", policy("git", "drift: { floor: 4% }\n"));
    const mended = repository.commit("Cy <cy@example.com>");
    expect((await applyNow()).applied).toMatchObject([{ changed: true }]);
    expect(await inForce("git")).toMatchObject({ gitCommit: mended, seq: 2 });
    expect(await refused("git")).toBeUndefined();
  });
});

test("what no file has any more is told, and stays in force; a file with a mistake is not gone", async () => {
  await apply(text("stays"), text("goes"), text("breaks"));
  const found = await apply(text("stays"), broken("breaks"));
  const ours = found.left.filter(({ model }) => ["stays", "goes", "breaks"].includes(model));
  expect(ours).toEqual([{ model: "goes", path: "policies/goes.yaml", gone: true }]);
  expect(await inForce("goes")).toMatchObject({ seq: 1 });
  const named = applyPolicies(
    portsOf(async () => [text("stays")]),
    systemActor,
    { paths: ["policies/stays.yaml"], tellLeft: true },
  );
  expect(await named).toMatchObject({ left: [] });
});

describe("what is told as left is of the place that was read", () => {
  const left = async (place: string, ...texts: readonly PolicyText[]) => {
    hours += 1;
    const ports = portsOf(async () => texts);
    const found = await applyPolicies({ ...ports, policySource: { ...ports.policySource, place } }, systemActor, {
      tellLeft: true,
    });
    return found.left.filter(({ model }) => model.startsWith("placed"));
  };

  test("and not what was put in force from elsewhere by its own path", async () => {
    await apply(text("placed-in"), text("placed-out", { path: "other/placed-out.yaml" }));
    const gone = { model: "placed-in", path: "policies/placed-in.yaml", gone: true };
    expect(await left("policies")).toEqual([gone]);
    // A file that is there and names another model now is not gone.
    const renamed = text("placed-new", { path: "policies/placed-in.yaml" });
    expect(await left("policies", renamed)).toEqual([{ ...gone, gone: false }]);
    expect((await left("")).map(({ model }) => model)).toEqual(expect.arrayContaining(["placed-in", "placed-out"]));
    expect(await left("othe")).toEqual([]);
  });

  test("and looked for only where it is asked for", async () => {
    let listed = 0;
    const list = () => {
      listed += 1;
      return state.models.list();
    };
    const models = { ...state.models, list };
    const ports = { ...portsOf(async () => []), state: { ...state, models } };
    expect(await applyPolicies(ports, systemActor)).toMatchObject({ left: [] });
    expect(listed).toBe(0);
    await applyPolicies(ports, systemActor, { tellLeft: true });
    expect(listed).toBe(1);
  });
});
