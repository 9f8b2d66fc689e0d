import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { isWatchOver, stepWatch, type WatchEvent, type WatchState } from "../../../src/core/run/watch.ts";

/*
 * What checks, time and persons do to one watch, in any order, also late and doubled. The small model knows no states: it
 * tells from the events that took effect whether the watch is over, whether its time is, and whether it is stuck.
 */
type Happening = "holds" | "stuck" | "quiet" | "inconclusive" | "time is over" | "taken back" | "superseded";

const happening = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<Happening>("stuck", "quiet", "inconclusive", "time is over") },
  { weight: 1, arbitrary: fc.constantFrom<Happening>("holds", "taken back", "superseded") },
);

interface Watch {
  readonly state: WatchState;
  readonly judged: number;
  readonly outcome: string | undefined;
}

function eventOf(one: Happening, { judged }: Watch): WatchEvent {
  switch (one) {
    case "holds":
    case "quiet":
    case "inconclusive":
      return { kind: "asked", guard: one, why: one };
    case "time is over":
      return { kind: "ended", judged };
    default:
      return { kind: one, why: one };
  }
}

/** How a watch stands after these, by what they mean. */
function expected(past: readonly Happening[]): Omit<Watch, "judged"> {
  let [over, judged, stuck]: [boolean, boolean, boolean] = [false, false, false];
  for (const one of past) {
    if (one === "holds" || one === "taken back") return { state: "rolled back", outcome: one };
    if (one === "superseded") return { state: "superseded", outcome: one };
    if (one === "stuck") stuck = true;
    if (one === "quiet" && over) return { state: "kept", outcome: one };
    if (one === "quiet") [judged, stuck] = [true, false];
    if (one !== "time is over" || stuck) continue;
    if (judged) return { state: "kept", outcome: "found kept" };
    over = true;
  }
  return { state: over ? "unverified" : "watching", outcome: stuck ? "stuck" : undefined };
}

test("2,000 random histories of one watch are those of a small model", () => {
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 20 }), (happenings) => {
      let watch: Watch = { state: "watching", judged: 0, outcome: undefined };
      const past: Happening[] = [];
      for (const one of happenings) {
        const step = stepWatch(watch.state, eventOf(one, watch));
        if (isWatchOver(watch.state)) {
          expect(step).toHaveProperty("refused");
          continue;
        }
        if ("refused" in step) throw new Error(step.refused);
        // What a check that cannot tell, or a second end, says changes nothing: nobody writes it. One that is stuck goes on.
        if (one === "inconclusive") continue;
        if (one === "time is over" && (watch.state === "unverified" || watch.outcome !== undefined)) continue;
        past.push(one);
        watch = { state: step.to, outcome: step.outcome, judged: watch.judged + (one === "quiet" ? 1 : 0) };
        const { state } = watch;
        const outcome = watch.outcome?.replace(/^\d+ checks? found the promise kept$/, "found kept");
        expect({ state, outcome }).toEqual(expected(past));
      }
      const key = `${watch.state}${watch.outcome === "stuck" ? ", stuck" : ""}`;
      reached.set(key, (reached.get(key) ?? 0) + 1);
    }),
    { numRuns: 2_000 },
  );
  const all = ["watching", "watching, stuck", "unverified", "unverified, stuck", "kept", "rolled back", "superseded"];
  for (const one of all) expect(reached.get(one) ?? 0).toBeGreaterThan(10);
});
