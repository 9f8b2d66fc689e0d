import { afterAll, beforeAll, expect, test } from "@jest/globals";
import picocolors from "picocolors";
import { type IncidentStory, why } from "../../src/actions/why.ts";
import { checkJson } from "../../src/render/check-report.ts";
import { whyJson, whyText } from "../../src/render/why-text.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../support/watch-world.ts";

let world: WatchWorld;
let story: IncidentStory;
beforeAll(async () => {
  world = await openWatchWorld();
  world.setNow(at(0));
  await world.baseline("churn", "1", baselineRows);
  await world.apply(policyOf("churn", "data: { sensitive: [plan] }"), "3f2c9ab11d0e");
  const moved = rowsBetween(0, 4, { shift: 40 }).map((row) => ({ ...row, plan: "gold-card-4711" }));
  await world.predict("churn", moved);
  for (const one of await world.plan("churn", at(4))) await world.check(one.id);
  await world.decide("churn");
  story = await why(world.ports, "INC-1");
});
afterAll(() => world.close());

test("tells the rule with its values, the check, and what followed", () => {
  expect(story).toMatchObject({
    model: "churn",
    incident: { number: 1, rule: "inputs drifted", state: "firing", severity: "warning" },
    rule: { when: "drift.share >= 0.5", outcome: "holds", values: { "drift.share": 1 } },
    policy: { path: "policies/test.yaml", revision: 1, commit: "3f2c9ab11d0e" },
    check: { verdict: "warning", baseline: { version: "1" } },
    decisions: [{ action: "notify", outcome: "carried out" }],
    runs: [],
  });
  expect(story.rule?.place).toMatch(/^policies\/test\.yaml:\d+:\d+$/);
  expect(story.mails.map(({ kind, recipient }) => [kind, recipient])).toEqual([
    ["opened", "one@example.com"],
    ["opened", "two@example.com"],
  ]);
});

test("is found by its number too; other names are refused with what to do", async () => {
  expect((await why(world.ports, "1")).incident.id).toBe(story.incident.id);
  expect((await why(world.ports, "inc-1")).incident.id).toBe(story.incident.id);
  await expect(why(world.ports, "INC-99")).rejects.toMatchObject({ code: "NotFound" });
  for (const name of ["", "x", "INC-", "INC--1", "INC-99999999999", "1; drop table incident"])
    await expect(why(world.ports, name)).rejects.toMatchObject({
      code: "InvalidInput",
      hint: expect.stringContaining("status"),
    });
});

test("as text it is one page, in the order of the questions", () => {
  const text = whyText(story, picocolors.createColors(false), 80);
  expect(text).toMatch(/^▲ INC-1 churn: inputs drifted \(warning\)\nopened 2026-06-01 04:10 UTC, goes on\n/);
  const titles = [...text.matchAll(/^(The rule|The check that opened it|What followed)$/gm)].map(([title]) => title);
  expect(titles).toEqual(["The rule", "The check that opened it", "What followed"]);
  expect(text).toContain("  drift.share >= 0.5\n  drift.share = 1\n");
  expect(text).toContain("policies/test.yaml, revision 1 @ 3f2c9ab");
  expect(text).toContain('2026-06-01 04:10 UTC  mail "opened" to one@example.com: queued');
});

test("what followed is in the order of time, what was told again and again in one line, with who took it on", () => {
  const [opened] = story.mails.slice(0, 1);
  if (opened === undefined) throw new Error("nothing was told");
  const repeated = [5, 6, 7].map((hour) => ({ ...opened, kind: "repeated", state: "sent", sentAt: at(hour) }) as const);
  const muted = { ...opened, kind: "escalated", state: "silenced", createdAt: at(8), reason: "the silence 3" } as const;
  const incident = { ...story.incident, acknowledgedAt: at(9), acknowledgedBy: "ada@example.com" };
  const report = {
    ...story,
    incident,
    mails: [muted, ...repeated, { ...opened, sentAt: at(4), state: "sent" as const }],
  };
  const [, followed] = whyText(report, picocolors.createColors(false), 80).split("What followed\n");
  expect(
    followed
      ?.split("\n")
      .slice(1)
      .map((line) => line.trim()),
  ).toEqual([
    expect.stringMatching(/^2026-06-01 04:10 UTC {2}notify carried out/),
    '2026-06-01 05:00 UTC  mail "repeated" to one@example.com: sent, 3 times, last 2026-06-01 07:00 UTC',
    '2026-06-01 08:00 UTC  mail "escalated" to one@example.com: silenced: the silence 3',
    "2026-06-01 09:00 UTC  taken on by ada@example.com",
  ]);
  expect(whyJson(report, {})).toMatchObject({ incident: { acknowledged_by: "ada@example.com" } });
});

test("as JSON nothing is left out: what is absent is null", () => {
  const made = whyJson(story, checkJson(story.check));
  const json = JSON.stringify(made, (_, value) => (value === undefined ? "HOLE" : value));
  expect(json).not.toContain("HOLE");
  expect(JSON.parse(json)).toMatchObject({
    schema: "driftward/why/v1",
    incident: { number: 1, resolved_at: null },
    check: { schema: "driftward/check/v1" },
  });
});

test("values of sensitive features are in neither", () => {
  const both = `${whyText(story, picocolors.createColors(false))}${JSON.stringify(whyJson(story, checkJson(story.check)))}`;
  expect(both).toContain("plan");
  expect(both).not.toMatch(/gold-card|pro: |basic/);
});

test("nor are those of features that became sensitive since", async () => {
  const textOf = async () => whyText(await why(world.ports, "INC-1"), picocolors.createColors(false), 200);
  expect(await textOf()).toMatch(/median \d/);
  await world.apply(policyOf("churn", "data: { sensitive: [plan, x] }"));
  expect(await textOf()).not.toMatch(/median \d/);
});
