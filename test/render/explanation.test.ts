import { expect, test } from "@jest/globals";
import pc from "picocolors";
import type { RunGrounds } from "../../src/core/replay/explanation.ts";
import { runExplanationText } from "../../src/render/explanation.ts";

const at = new Date("2026-01-02T03:04:00Z");
const grounds: RunGrounds = {
  ...{ run: 3, model: "churn", state: "queued", reason: 'INC-12, rule "drift"', outcome: undefined, createdAt: at },
  ...{ finishedAt: undefined, trainer: "churn", cut: at, asOfSeq: 4, candidate: undefined, gates: [], incident: 12 },
  policy: { path: "policies/churn.yaml", commit: undefined, revision: 1 },
  ...{ askedBy: undefined, rule: undefined, recomputed: undefined },
};
const textOf = (given: Partial<RunGrounds>) =>
  runExplanationText({ grounds: { ...grounds, ...given } }, pc.createColors(false));

test("a run that a rule asked for names its incident once", () => expect(textOf({}).match(/INC-12/g)).toHaveLength(1));

test("a run that a person tried again names its incident and the person", () =>
  expect(textOf({ reason: "run 2 again", askedBy: "ada" })).toContain("asked for by ada: run 2 again (INC-12)"));
