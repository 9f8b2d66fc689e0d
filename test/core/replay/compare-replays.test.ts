import { expect, test } from "@jest/globals";
import { compareReplays } from "../../../src/core/replay/compare-replays.ts";
import { replayDecisions } from "../../../src/core/replay/replay-decisions.ts";
import { summarize } from "../../../src/core/replay/summary.ts";
import { dailyPolicy, historyOf, on } from "./histories.ts";

const loose = dailyPolicy("  - { name: drifted, when: drift.share >= 0.3 }");
const strict = dailyPolicy("  - { name: drifted, when: drift.share >= 0.6 }");
const slow = dailyPolicy("  - { name: drifted, when: drift.share >= 0.3, for: 3d }");
const other = dailyPolicy("  - { name: another, when: drift.share >= 0.3 }");
const of = (policy: typeof loose, days: string) => replayDecisions(historyOf(policy, days));

test("the same replay has no differences", () => {
  expect(compareReplays(of(loose, "qhhqq"), of(loose, "qhhqq"))).toEqual([]);
});

test("an incident of one side alone is told with what the other side's check said", () => {
  expect(compareReplays(of(loose, "qhqqq"), of(strict, "qqqqq"))).toMatchObject([
    {
      kind: "only before",
      what: "incident",
      rule: "drifted",
      why: "with the planned policy it does not hold: drift.share >= 0.6 (drift.share = 0.1)",
    },
  ]);
  expect(compareReplays(of(strict, "qqqqq"), of(loose, "qhqqq"))).toMatchObject([
    { kind: "only after", why: expect.stringMatching(/^with the policy in force it does not hold/) },
  ]);
});

test("a rule that must hold for longer opens later, or not at all", () => {
  expect(compareReplays(of(loose, "qhhhhh"), of(slow, "qhhhhh"))).toMatchObject([
    { kind: "other time", at: new Date(on(3).getTime() + 600_000), why: "it opens 2d later" },
  ]);
  expect(compareReplays(of(loose, "qhqqqq"), of(slow, "qhqqqq"))).toMatchObject([
    { kind: "only before", why: "with the planned policy it holds (drift.share = 0.5), but not yet for 3d" },
  ]);
});

test("a rule that the other policy does not have", () => {
  const found = compareReplays(of(loose, "qhqqq"), of(other, "qhqqq"));
  expect(found.map(({ kind, rule, why }) => [kind, rule, why])).toEqual([
    ["only before", "drifted", "the planned policy has no such rule"],
    ["only after", "another", "the policy in force has no such rule"],
  ]);
});

test("a replay in numbers", () => {
  expect(summarize(of(loose, "qhqqi"))).toEqual({
    checks: { ok: 3, warning: 1, critical: 0, inconclusive: 1 },
    incidents: 1,
    critical: 0,
    openBefore: 0,
    mails: 4,
    runs: 0,
    refused: 0,
    rollbacks: 0,
  });
});
