import { describe, expect, test } from "@jest/globals";
import { brokenInputRule } from "../../../src/core/drift/judge.ts";
import { type DecisionHistory, replayDecisions } from "../../../src/core/replay/replay-decisions.ts";
import { dailyPolicy, historyOf, on } from "./histories.ts";

const notify = dailyPolicy("  - { name: drifted, when: drift.share >= 0.3 }");
const retraining = dailyPolicy(
  "  - { name: drifted, when: drift.share >= 0.3, do: [notify, retrain] }",
  "retrain: { trainer: churn, cooldown: 3d, budget: 2 per 30d, min_new_labels: 100 }\nevaluate: { gates: [difference.mae.upper < 0.0] }",
);

test("opens when the rule holds, resolves after a quiet span, and mails both", () => {
  const { incidents, mails, runs } = replayDecisions(historyOf(notify, "qhqqq"));
  expect(incidents).toMatchObject([{ rule: "drifted", openedSlot: on(1), resolution: "the rule no longer holds" }]);
  expect(incidents[0]?.resolvedAt).toEqual(new Date(on(3).getTime() + 600_000));
  expect(mails.map(({ kind, recipients }) => [kind, recipients.length])).toEqual([
    ["opened", 2],
    ["resolved", 2],
  ]);
  expect(runs).toEqual([]);
});

test("gathered warnings are one mail a day for each recipient; criticals go at once", () => {
  const two = `  - { name: drifted, when: drift.share >= 0.3 }
  - { name: drifted much, when: drift.share >= 0.4 }
  - { name: gone, when: drift.share >= 0.45, severity: critical }`;
  const gathering = dailyPolicy(two, "notify: { digest: { daily: 12:00 } }");
  const { mails } = replayDecisions(historyOf(gathering, "qhqqq"));
  const noon = (day: number) => new Date(on(day).getTime() + 43_200_000);
  expect(mails.map(({ kind, at, recipients }) => [kind, at, recipients])).toEqual([
    ["digest", noon(1), ["a@example.com"]],
    ["digest", noon(1), ["b@example.com"]],
    ["opened", new Date(on(1).getTime() + 600_000), ["a@example.com", "b@example.com"]],
    ["digest", noon(3), ["a@example.com"]],
    ["digest", noon(3), ["b@example.com"]],
    ["resolved", new Date(on(3).getTime() + 600_000), ["a@example.com", "b@example.com"]],
  ]);
});

test("what happened before the time asked for is told as open, not as opened", () => {
  const { incidents, mails } = replayDecisions(historyOf(notify, "hhhqq", { from: on(2) }));
  expect(incidents).toMatchObject([{ before: true, openedSlot: on(0) }]);
  expect(mails.map(({ kind }) => kind)).not.toContain("opened");
  expect(mails.map(({ kind }) => kind)).toContain("resolved");
});

test("broken input ends with the first quiet check once its hours are in quarantine, as it does live", () => {
  const policy = { ...notify, window: { ...notify.window, spanMs: 3 * 86_400_000 } };
  const history = historyOf(policy, "hqqqq");
  const broken = { rule: brokenInputRule, when: "quality.count > 0.0" };
  const checks = history.checks.map((check) => ({
    ...check,
    outcomes: check.outcomes.map((one) => ({ ...one, ...broken })),
  }));
  const ended = (quarantines: typeof history.quarantines) => {
    const { incidents } = replayDecisions({ ...history, checks, quarantines });
    return incidents.map(({ resolvedAt }) => resolvedAt?.toISOString().slice(0, 10));
  };
  const out = { number: 1, from: on(-1), to: on(0), reason: "zeros", liftedSeq: undefined };
  expect(ended([])).toEqual(["2024-01-05"]);
  // Known from the third check on.
  expect(ended([{ ...out, seq: 2 }])).toEqual(["2024-01-03"]);
  // It was known when the rule held: what held was something else.
  expect(ended([{ ...out, seq: 0 }])).toEqual(["2024-01-05"]);
  expect(ended([{ ...out, seq: 2, liftedSeq: 2 }])).toEqual(["2024-01-05"]);
});

test("a promotion ends what is open, and what a check says of the version before opens nothing", () => {
  const promotions = [
    { at: on(-10), version: "1", versionId: "v1", baselineId: "b1" },
    { at: new Date(on(1).getTime() + 700_000), version: "2", versionId: "v2", baselineId: "b2" },
  ];
  const { incidents, promotions: told } = replayDecisions(historyOf(notify, "qhhh", { promotions }));
  expect(incidents).toHaveLength(1);
  expect(incidents[0]).toMatchObject({ openedSlot: on(1), resolution: "superseded: version 2 is champion" });
  expect(told.map(({ version }) => version)).toEqual(["2"]);
});

describe("a run that ends in a promotion says the end of the incident that asked for it, and of no other", () => {
  const champions = (day: number) => [
    { at: on(-10), version: "1", versionId: "v1", baselineId: "b1" },
    { at: new Date(on(day).getTime() + 700_000), version: "2", versionId: "v2", baselineId: "b2", run: 3 },
  ];
  const runs = [{ number: 3, slot: on(0), createdAt: on(0), finishedAt: on(1), judged: true }];
  const kinds = (history: DecisionHistory) =>
    replayDecisions(history)
      .mails.filter(({ about }) => about === "incident")
      .map(({ kind }) => kind);

  test("its own", () => {
    expect(kinds(historyOf(retraining, "hh", { runs, promotions: champions(0) }))).toEqual(["opened"]);
  });

  test("not that of the same rule in another segment", () => {
    const history = historyOf(retraining, "hh", { runs, promotions: champions(0) });
    const checks = history.checks.map((check) => ({
      ...check,
      outcomes: ["NL", "DE"].flatMap((segment) => check.outcomes.map((one) => ({ ...one, segment }))),
    }));
    expect(kinds({ ...history, checks })).toEqual(["opened", "opened", "resolved"]);
  });

  test("not that of a later incident of the same rule", () => {
    const history = historyOf(retraining, "hqqhh", { runs, promotions: champions(3) });
    expect(kinds(history)).toEqual(["opened", "resolved", "opened", "resolved"]);
  });
});

describe("retrains go through the governor", () => {
  test("started at the opening, again after the cooldown while the incident goes on, within the budget", () => {
    const { runs } = replayDecisions(historyOf(retraining, "hhhhhhhhhh"));
    expect(runs.map(({ at, outcome }) => [at.getTime() - 600_000, outcome])).toEqual([
      [on(0).getTime(), "started"],
      [on(4).getTime(), "started"],
    ]);
  });

  test("refused for want of labels, of a trainer, and while a person's run is under way", () => {
    const few = replayDecisions(historyOf(retraining, "h", { training: () => ({ newLabels: 3, holdout: undefined }) }));
    expect(few.runs).toMatchObject([{ outcome: "refused", reason: "expected at least 100 new mature labels, got 3" }]);
    const unknown = replayDecisions(historyOf(retraining, "h", { trainerKnown: false }));
    expect(unknown.runs).toMatchObject([{ outcome: "refused", reason: expect.stringContaining('no trainer "churn"') }]);
    const runs = [{ number: 7, slot: undefined, createdAt: on(-1), finishedAt: on(2), judged: true }];
    const busy = replayDecisions(historyOf(retraining, "h", { runs }));
    expect(busy.runs).toMatchObject([{ outcome: "refused", reason: "run 7 is under way" }]);
  });

  test("never on provisional limits, when the rule asks for drift", () => {
    const history = historyOf(retraining, "h");
    const checks = history.checks.map((check) => ({ ...check, provisional: [""] }));
    expect(replayDecisions({ ...history, checks }).runs).toMatchObject([
      { outcome: "refused", reason: expect.stringContaining("provisional") },
    ]);
  });

  test("the run that really was is recognised by its check", () => {
    const runs = [{ number: 3, slot: on(0), createdAt: on(0), finishedAt: on(1), judged: true }];
    expect(replayDecisions(historyOf(retraining, "h", { runs })).runs).toMatchObject([
      { outcome: "started", recorded: 3 },
    ]);
  });
});
