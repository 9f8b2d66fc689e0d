import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { advanceRule, type RuleState, type RuleStep } from "../../../src/core/incident/rule-state.ts";

const hour = 3_600_000;
const at = (hours: number) => new Date(hours * hour);
type Outcome = RuleStep["outcome"];

/** Plays outcomes one an hour and returns the hours at which an incident opened (+h) or resolved (-h). */
function play(outcomes: readonly Outcome[], forHours: number, spanHours: number): number[] {
  let state: RuleState = {};
  let incidentOpen = false;
  const events: number[] = [];
  outcomes.forEach((outcome, index) => {
    const step = { slot: at(index), outcome, forMs: forHours * hour, spanMs: spanHours * hour, incidentOpen };
    const advance = advanceRule(state, step);
    state = advance.state;
    if (advance.effect === "open") {
      incidentOpen = true;
      events.push(index);
    } else if (advance.effect === "resolve") {
      incidentOpen = false;
      events.push(-index);
    }
  });
  return events;
}

const stretch = (outcome: Outcome, times: number) => Array.from({ length: times }, () => outcome);

describe("advanceRule", () => {
  test("a rule without `for` opens at the first window that holds, once", () => {
    expect(play(["quiet", "holds", "holds", "holds"], 0, 4)).toEqual([1]);
  });

  test("`for` of two windows needs data of two windows that do not overlap", () => {
    expect(play(stretch("holds", 10), 8, 4)).toEqual([4]);
    expect(play([...stretch("holds", 4), "quiet", ...stretch("holds", 4)], 8, 4)).toEqual([]);
  });

  test("`for` shorter than a window is one window", () => {
    expect(play(["holds"], 1, 4)).toEqual([0]);
  });

  test("resolves when no window of one span held, and not before", () => {
    expect(play(["holds", ...stretch("quiet", 6)], 0, 4)).toEqual([0, -5]);
    expect(play(["holds", "quiet", "quiet", "holds", ...stretch("quiet", 4)], 0, 4)).toEqual([0]);
  });

  test("resolves with the first quiet window once what held is in quarantine, and only while it is known to be", () => {
    const held = { slot: at(1), asOfSeq: 7 };
    const step = { slot: at(2), outcome: "quiet", forMs: 0, spanMs: 4 * hour, incidentOpen: true, asOfSeq: 8 } as const;
    const asked: unknown[] = [];
    const cleared = (answer: boolean) => (one: unknown) => {
      asked.push(one);
      return answer;
    };
    const first = advanceRule({}, { ...step, slot: held.slot, outcome: "holds", asOfSeq: held.asOfSeq });
    expect(first.state).toEqual({ holdingSince: held.slot, held });
    const still = advanceRule(first.state, { ...step, isCleared: cleared(false) });
    expect(still).toEqual({ state: { quietSince: at(2), held }, effect: "none" });
    const ended = { state: { quietSince: at(2) }, effect: "resolve", cleared: true };
    expect(advanceRule(still.state, { ...step, slot: at(3), isCleared: cleared(true) })).toEqual(ended);
    expect(asked).toEqual([held, held]);
    // Inconclusive is no end, quarantine or not.
    const unclear = { ...step, outcome: "inconclusive", isCleared: cleared(true) } as const;
    expect(advanceRule(still.state, unclear)).toEqual({ state: still.state, effect: "none" });
  });

  test("inconclusive neither opens, resolves nor resets", () => {
    expect(play(["holds", "inconclusive", "inconclusive", "holds", "holds"], 8, 4)).toEqual([4]);
    expect(play(["holds", "quiet", ...stretch("inconclusive", 9)], 0, 4)).toEqual([0]);
  });

  test("opening and resolving alternate, whatever happens", () => {
    const outcomes = fc.array(fc.constantFrom<Outcome>("holds", "quiet", "inconclusive"), { maxLength: 60 });
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 6 }), (list, forHours, span) => {
        const signs = play([...stretch("quiet", 1), ...list], forHours, span).map(Math.sign);
        expect(signs).toEqual(signs.map((_, index) => (index % 2 === 0 ? 1 : -1)));
      }),
    );
  });
});
