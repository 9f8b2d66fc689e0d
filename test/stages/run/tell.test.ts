import { afterEach, expect, test } from "@jest/globals";
import { silence } from "../../../src/actions/silence.ts";
import type { RunNotice } from "../../../src/core/run/notice.ts";
import { testActor } from "../../support/open-test-log.ts";
import { openWorld, start, type World, type WorldOptions, work } from "./world.ts";

let world: World;
afterEach(() => world.close());

/** Prints a secret and fails. */
const loud = [
  process.execPath,
  "-e",
  "console.log('rows: 12'); console.log('PASSWORD=hunter2'); console.error('no such column'); process.exit(3)",
];

async function mailsOf(
  options: WorldOptions,
  { before, sensitive = [] }: { readonly before?: () => Promise<unknown>; readonly sensitive?: readonly string[] } = {},
) {
  world = await openWorld(options);
  await before?.();
  await start(world);
  const policies = {
    async of(revisionId: string) {
      const policy = await world.ports.policies.of(revisionId);
      return { ...policy, data: { ...policy.data, sensitive } };
    },
  };
  const run = await work(world, { ...world.ports, policies });
  return world.state.notifications.ofSubject(run?.id ?? "");
}

const bodyOf = (mail: { readonly body: unknown } | undefined) => mail?.body as RunNotice;

const quiet = (rule?: string) => () =>
  silence(world.ports, {
    ...{ model: "churn", rule, segment: undefined, forMs: 3_600_000, reason: "backfill", actor: testActor },
  });

const tasks = async () => (await world.state.outbox.open(100)).filter(({ kind }) => kind === "notify");

test("the mail of a trainer that failed has the end of its log, without secrets; no rule's silence mutes it", async () => {
  const [mail] = await mailsOf({ command: loud }, { before: quiet("inputs drifted") });
  expect(mail).toMatchObject({ kind: "failed", state: "queued" });
  expect(await tasks()).toHaveLength(1);
  const { log } = bodyOf(mail);
  if (log === undefined || !("lines" in log)) throw new Error("no log");
  expect(log.lines.toSorted()).toEqual(["PASSWORD=[redacted]", "no such column", "rows: 12"]);
});

test("no line of it where the policy names sensitive features; a silence of the model mutes it, on record", async () => {
  const [mail] = await mailsOf({ command: loud }, { before: quiet(), sensitive: ["x"] });
  expect(bodyOf(mail).log).toEqual({ withheld: "it may hold values of features that the policy names sensitive" });
  expect(mail).toMatchObject({ kind: "failed", state: "silenced", reason: "silence 1: backfill" });
  expect(await tasks()).toEqual([]);
});

test("maintenance mutes how a run ended; a word is asked for all the same, whatever is silenced", async () => {
  const maintenance = "maintenance: [{ every: day, from: 00:00, to: 00:00, reason: always }]";
  const [ended] = await mailsOf({ command: loud, promote: `promote: { approval: none }\n${maintenance}` });
  expect(ended).toMatchObject({ state: "silenced", reason: "maintenance until 00:00 (UTC): always" });
  await world.close();
  const [asked] = await mailsOf({ promote: `promote: { approval: required }\n${maintenance}` }, { before: quiet() });
  expect(asked).toMatchObject({ kind: "approval", state: "queued" });
});
