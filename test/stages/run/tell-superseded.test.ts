import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { registerBaseline } from "../../../src/actions/baseline.ts";
import { DriftwardError } from "../../../src/core/errors.ts";
import type { StateTransaction } from "../../../src/ports/state.ts";
import { tellSuperseded } from "../../../src/stages/run/tell-superseded.ts";
import { testActor } from "../../support/open-test-log.ts";
import { outcomeOf, playHour, watchedModel } from "../../support/play-outcomes.ts";
import { baselineRows, openWatchWorld, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

/** Another baseline in the champion's place, where the policy in force cannot be had. */
function replaceBaseline(model: string, without: DriftwardError) {
  const policies = {
    of: async () => {
      throw without;
    },
  };
  const from = { rows: baselineRows.slice(0, 300), name: "train" };
  const input = { model, version: "1", actor: testActor, from, replace: "the first was short" };
  return registerBaseline({ ...world.ports, policies }, input);
}

test("who was told of an incident hears that another baseline ended it, though the policy cannot be read", async () => {
  const model = await watchedModel(world);
  await playHour(world, model, 1, "holds");
  await replaceBaseline(model, new DriftwardError("InvalidPolicy", "of an older version"));
  const [incident] = await world.incidents(model);
  expect(incident?.state).toBe("resolved");
  const ends = (await world.mails(incident?.id ?? "")).filter(({ kind }) => kind === "resolved");
  expect(ends.map(({ recipient, state }) => [recipient, state]).sort()).toEqual([
    ["one@example.com", "queued"],
    ["two@example.com", "queued"],
  ]);
});

test("a policy that could not be read at this moment is no policy that is unreadable: nothing is replaced", async () => {
  const model = await watchedModel(world);
  await playHour(world, model, 1, "holds");
  const away = new DriftwardError("StateUnavailable", "the database is away");
  await expect(replaceBaseline(model, away)).rejects.toBe(away);
  expect((await world.incidents(model)).map(({ state }) => state)).toEqual(["firing"]);
});

test("incidents that end together take their recipients' digests in one order", async () => {
  const model = await watchedModel(world);
  await playHour(world, model, 1, [outcomeOf("holds"), outcomeOf("holds", { rule: "other" })]);
  const row = await world.model(model);
  const open = await world.incidents(model);
  const version = await world.state.versions.get(row.championVersion ?? "");
  const taken: string[] = [];
  await world.state.transaction(async (tx) => {
    // Each of the two told one person, the last one first.
    const [one, other] = ["one@example.com", "two@example.com"];
    const ofSubject = async (id: string) =>
      (await tx.notifications.ofSubject(id)).filter(
        ({ recipient }) => recipient === (id === open[0]?.id ? other : one),
      );
    const watched: StateTransaction = {
      ...tx,
      notifications: { ...tx.notifications, ofSubject },
      digests: {
        ...tx.digests,
        ensure: (digest) => {
          taken.push(digest.recipient);
          return tx.digests.ensure(digest);
        },
      },
    };
    const policy = await world.ports.policies.of(row.policyRevision ?? "");
    const digest = { hour: 8, minute: 0, timezone: "UTC" };
    const change = {
      ...{
        ids: world.ports.ids,
        model: row,
        version,
        baselineId: row.championBaseline ?? "",
        reason: "",
        runId: undefined,
      },
      ...{ at: world.ports.clock.now(), policy: { ...policy, notify: { ...policy.notify, digest } } },
    };
    await tellSuperseded(watched, change, open, "superseded");
  });
  expect(taken).toEqual(["one@example.com", "two@example.com"]);
});
