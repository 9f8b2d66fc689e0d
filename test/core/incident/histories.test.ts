import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { RuleOutcome } from "../../../src/core/drift/judge.ts";
import { decideOutcomes, type OpenIncident, type RuleStanding } from "../../../src/core/incident/decide-outcomes.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 5, 1);

type Said = RuleOutcome["outcome"];

interface Step {
  /** Hours since the check before. */
  readonly after: number;
  readonly said: readonly [Said, Said];
  readonly serves: boolean;
}

const said = fc.constantFrom<Said>("holds", "holds", "quiet", "quiet", "inconclusive");
const step: fc.Arbitrary<Step> = fc.record({
  after: fc.integer({ min: 1, max: 6 }),
  said: fc.tuple(said, said),
  serves: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
});
const history = fc.record({
  span: fc.integer({ min: 1, max: 12 }),
  holdsFor: fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })),
  steps: fc.array(step, { minLength: 1, maxLength: 60 }),
});

/**
 * What an incident does, told from the whole history each time: of the conclusive checks since the outcome last turned,
 * the first and the newest say how long it has been so.
 */
function expected(
  past: readonly { readonly at: number; readonly said: Said }[],
  open: boolean,
  span: number,
  holdsFor: number,
) {
  const newest = past.at(-1);
  if (newest === undefined || newest.said === "inconclusive") return "none";
  const conclusive = past.filter((one) => one.said !== "inconclusive");
  const turned = conclusive.findLastIndex((one) => one.said !== newest.said);
  const first = conclusive[turned + 1] ?? newest;
  const lasted = newest.at - first.at;
  if (newest.said === "holds") {
    if (open) return "ask again";
    return lasted + span >= Math.max(holdsFor, span) ? "open" : "none";
  }
  return open && lasted >= span ? "resolve" : "none";
}

test("10,000 random histories of two rules: what opens, goes on and resolves is what a small model says", () => {
  let opened = 0;
  let resolved = 0;
  fc.assert(
    fc.property(history, ({ span, holdsFor, steps }) => {
      const standings = new Map<string, RuleStanding>();
      const pasts: { at: number; said: Said }[][] = [[], []];
      let open: readonly OpenIncident[] = [];
      let now = 0;
      for (const { after, said: both, serves } of steps) {
        now += after;
        const outcomes = both.map(
          (outcome, index): RuleOutcome => ({
            ...{ rule: `rule ${index}`, segment: "", outcome, severity: "warning", when: "c", place: "p" },
            ...{ values: {}, reason: undefined, do: ["notify"], forMs: (holdsFor[index] ?? 0) * hour },
          }),
        );
        const decisions = decideOutcomes({
          ...{ slot: new Date(start + now * hour), spanMs: span * hour, serves, outcomes, open },
          ...{ asOfSeq: now, quarantines: [] },
          standing: (rule) => standings.get(rule),
        });
        decisions.forEach(({ rule, effect, standing }, index) => {
          const past = pasts[index] ?? [];
          past.push({ at: now, said: serves ? (both[index] ?? "quiet") : "inconclusive" });
          const isOpen = open.some((one) => one.rule === rule);
          expect(effect).toBe(expected(past, isOpen, span, holdsFor[index] ?? 0));
          if (standing !== undefined) standings.set(rule, standing);
          if (effect === "open") open = [...open, { rule, segment: "" }];
          if (effect === "resolve") open = open.filter((one) => one.rule !== rule);
          opened += effect === "open" ? 1 : 0;
          resolved += effect === "resolve" ? 1 : 0;
        });
        // One incident of a rule at most.
        expect(new Set(open.map(({ rule }) => rule)).size).toBe(open.length);
      }
    }),
    { numRuns: 10_000 },
  );
  // The histories were about something.
  expect(opened).toBeGreaterThan(5_000);
  expect(resolved).toBeGreaterThan(1_000);
}, 120_000);
