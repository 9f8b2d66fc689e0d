import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { identify } from "../../src/actions/identify.ts";
import { permit } from "../../src/actions/permit.ts";
import { createToken, listTokens, revokeToken, type TokenWish } from "../../src/actions/token.ts";
import { randomIds } from "../../src/adapters/ids.ts";
import type { Actor } from "../../src/core/actor.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";

const day = 86_400_000;
const person: Actor = { kind: "person", id: "root" };
let state: TestState;
let now: Date;
const clock = { now: () => now };
beforeEach(async () => {
  state = await openTestState();
  now = new Date("2026-06-01T00:00:00Z");
});
afterEach(() => state.close());

const ports = () => ({ state, clock, ids: randomIds });
const random = (n: number) => new Uint8Array(32).fill(n);
const wish = (name: string, more: Partial<TokenWish> = {}): TokenWish => ({
  ...{ name, role: "admin", models: undefined, lastsMs: undefined, actor: person },
  ...more,
});
const as = (secret: string | undefined, local = true) => identify(ports(), { secret, person, local });
const kinds = async () => (await state.records.list(1, 100)).map(({ kind }) => kind);

/** An admin, and a second token. */
async function make(more: Partial<TokenWish>): Promise<string> {
  await createToken(ports(), wish("root"), random(1));
  return (await createToken(ports(), wish("ada", more), random(2))).secret;
}

describe("the first token", () => {
  test("has to be an admin for all models, or nobody could make others", async () => {
    for (const more of [{ role: "viewer" }, { models: ["churn"] }] as const)
      await expect(createToken(ports(), wish("ada", more), random(1))).rejects.toMatchObject({ code: "Refused" });
    expect(await state.tokens.list()).toEqual([]);
    await createToken(ports(), wish("ada"), random(1));
    expect(await kinds()).toEqual(["token created"]);
  });

  test("ends what could be done without one", async () => {
    expect((await as(undefined)).standing).toEqual({ kind: "owner" });
    expect((await as(undefined, false)).standing).toEqual({ kind: "guest", mayManage: true, mayLook: true });
    await createToken(ports(), wish("ada"), random(1));
    for (const local of [true, false])
      expect((await as(undefined, local)).standing).toEqual({ kind: "guest", mayManage: false, mayLook: false });
  });

  test("can be made again when no admin is left", async () => {
    await createToken(ports(), wish("ada", { lastsMs: day }), random(1));
    now = new Date(now.getTime() + day);
    expect((await as(undefined)).standing).toEqual({ kind: "guest", mayManage: true, mayLook: false });
  });

  test("can be made again when the only admin left is limited to models, which makes no tokens", async () => {
    const limited = await make({ models: ["churn"] });
    await revokeToken(ports(), { name: "root", actor: person });
    await expect(permit(ports(), await as(limited), { act: "manage" })).rejects.toMatchObject({
      code: "NotAllowed",
      hint: "ask an admin for all models",
    });
    const guest = await as(undefined);
    expect(guest.standing).toEqual({ kind: "guest", mayManage: true, mayLook: false });
    await expect(createToken(ports(), wish("eve", { role: "viewer" }), random(3))).rejects.toMatchObject({
      code: "Refused",
    });
    await createToken(ports(), wish("eve"), random(3));
  });
});

describe("a secret", () => {
  test("says who acts, with role and models; its hash is all that is kept", async () => {
    const secret = await make({ role: "operator", models: ["churn"] });
    expect(await as(secret)).toEqual({
      actor: { kind: "token", id: "ada" },
      standing: { kind: "token", role: "operator", models: ["churn"] },
    });
    const everything = JSON.stringify([await state.tokens.list(), await state.records.list(1, 100)]);
    expect(everything).not.toContain(secret.slice(10));
  });

  test("is refused when it is none, expired or revoked; the message does not repeat it", async () => {
    const secret = await make({ role: "viewer", lastsMs: 90 * day });
    await expect(as("driftward_wrong")).rejects.toMatchObject({ code: "NotAllowed" });
    await expect(as(secret.replace(/.$/, "A"))).rejects.toMatchObject({ code: "NotAllowed" });
    now = new Date(now.getTime() + 90 * day - 1);
    expect(await as(secret)).toMatchObject({ actor: { id: "ada" } });
    now = new Date(now.getTime() + 1);
    await expect(as(secret)).rejects.toMatchObject({
      code: "NotAllowed",
      message: "token ada expired at 2026-08-30 00:00 UTC",
    });
    await revokeToken(ports(), { name: "ada", actor: person });
    await expect(as(secret)).rejects.toMatchObject({
      message: expect.stringMatching(/^token ada was revoked at [-0-9]{10} [0-9]{2}:[0-9]{2} UTC$/),
    });
    await expect(revokeToken(ports(), { name: "ada", actor: person })).rejects.toMatchObject({ code: "Conflict" });
    await expect(revokeToken(ports(), { name: "eve", actor: person })).rejects.toMatchObject({ code: "NotFound" });
    expect(await kinds()).toEqual(["token created", "token created", "token revoked"]);
  });

  test("its last use is known to ten minutes", async () => {
    const secret = await make({});
    const used = async () => (await listTokens(ports())).find(({ name }) => name === "ada")?.usedAt?.toISOString();
    expect(await used()).toBeUndefined();
    await as(secret);
    now = new Date(now.getTime() + 599_999);
    await as(secret);
    expect(await used()).toBe("2026-06-01T00:00:00.000Z");
    now = new Date(now.getTime() + 1);
    await as(secret);
    expect(await used()).toBe("2026-06-01T00:10:00.000Z");
  });
});

test("a name is used once, also after its token was revoked, and by one of two at once", async () => {
  await make({});
  await revokeToken(ports(), { name: "ada", actor: person });
  await expect(createToken(ports(), wish("ada"), random(3))).rejects.toMatchObject({ code: "Conflict" });
  const both = await Promise.allSettled([4, 5].map((n) => createToken(ports(), wish("bob"), random(n))));
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test.each([0, -1, 11 * 365 * day, Number.NaN])("a token cannot last %p ms", async (lastsMs) => {
  await expect(createToken(ports(), wish("ada", { lastsMs }), random(1))).rejects.toMatchObject({
    code: "InvalidInput",
  });
});

describe("a refusal", () => {
  test("of what would change something is recorded, with who, what and why; of a look it is not", async () => {
    const modelId = randomUUID();
    await state.transaction((tx) => tx.models.ensure("churn", modelId, now));
    const viewer = await as(await make({ role: "viewer" }));
    await expect(permit(ports(), viewer, { act: "retrain", on: { model: "churn" } })).rejects.toMatchObject({
      code: "NotAllowed",
      hint: "ask for a token with the role operator or admin",
    });
    await permit(ports(), viewer, { act: "look" });
    const guest = await as(undefined);
    await expect(permit(ports(), guest, { act: "look" })).rejects.toMatchObject({ code: "NotAllowed" });
    const refused = (await state.records.list(1, 100)).filter(({ kind }) => kind === "act refused");
    expect(refused).toMatchObject([{ actor: { kind: "token", id: "ada" }, subject: modelId }]);
    expect(JSON.parse(refused[0]?.payload ?? "")).toMatchObject({ act: "retrain", model: "churn" });
  });

  test("of a limited token: the model of a run, a silence or an incident is looked up, and has to be there", async () => {
    const [churn, fraud] = [randomUUID(), randomUUID()];
    await state.transaction(async (tx) => {
      await tx.models.ensure("churn", churn, now);
      await tx.models.ensure("fraud", fraud, now);
      for (const modelId of [churn, fraud])
        await tx.silences.insert({
          ...{ id: randomUUID(), modelId, rule: undefined, segment: undefined, reason: "", createdBy: "ada" },
          ...{ startsAt: now, endsAt: new Date(now.getTime() + day) },
        });
    });
    const limited = await as(await make({ role: "operator", models: ["churn"] }));
    await permit(ports(), limited, { act: "silence", on: { silence: 1 } });
    await expect(permit(ports(), limited, { act: "silence", on: { silence: 2 } })).rejects.toMatchObject({
      code: "NotAllowed",
      message: "token ada is for churn, not for fraud",
    });
    // A model of one's own beside it opens nothing of another's.
    await expect(
      permit(ports(), limited, { act: "silence", on: { model: "churn", silence: 2 } }),
    ).rejects.toMatchObject({ code: "NotAllowed", message: "token ada is for churn, not for fraud" });
    for (const on of [{ silence: 3 }, { run: 1 }, { incident: "INC-1" }])
      await expect(permit(ports(), limited, { act: "silence", on })).rejects.toMatchObject({ code: "NotFound" });
  });
});
