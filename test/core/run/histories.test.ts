import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { isFinished, type RunEvent, type RunState, stepRun } from "../../../src/core/run/machine.ts";

/*
 * Several workers and persons at one run, as the protocol lets them: each read the run at some time, and what it wants
 * takes effect only if nothing happened since (compare-and-set with the epoch). Events come in any order, doubled, late,
 * after the end. The small model knows no states: it tells what may happen from the events that took effect before.
 */
type Kind = RunEvent["kind"];
type Move =
  | { readonly do: "look"; readonly who: number }
  | { readonly do: "want"; readonly who: number; readonly kind: Kind; readonly looksFirst: boolean };

const ends: ReadonlySet<Kind> = new Set(["promoted", "rejected", "failed", "cancelled"]);

/** Whether an event may happen after these. */
function mayHappen(past: readonly Kind[], kind: Kind): boolean {
  if (past.some((one) => ends.has(one))) return false;
  const last = past.findLast((one) => one !== "stepped");
  switch (kind) {
    case "started":
      return last === undefined || last === "retry";
    case "trained":
    case "retry":
      return last === "started";
    case "passed":
      return last === "trained";
    case "rejected":
      return last === "trained" || last === "passed";
    case "stepped":
    case "promoted":
      return last === "passed";
    case "failed":
    case "cancelled":
      return true;
  }
}

const eventOf = (kind: Kind, why: string): RunEvent =>
  kind === "retry" || kind === "rejected" || kind === "failed" || kind === "cancelled" ? { kind, why } : { kind };

/** What usually comes next is likelier, so that histories come to every depth. */
const kind = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom<Kind>("started", "trained", "passed", "promoted") },
  { weight: 6, arbitrary: fc.constantFrom<Kind>("retry", "stepped") },
  { weight: 2, arbitrary: fc.constant<Kind>("rejected") },
  { weight: 1, arbitrary: fc.constantFrom<Kind>("failed", "cancelled") },
);
const who = fc.nat(2);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant("look" as const), who }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("want" as const), who, kind, looksFirst: fc.boolean() }) },
);

interface Run {
  readonly state: RunState;
  readonly epoch: number;
  readonly outcome: string | undefined;
}

/** As expect, without its price in an inner loop. */
function same(got: unknown, wanted: unknown, what: string): void {
  if (got !== wanted) throw new Error(`${what}: expected ${String(wanted)}, got ${String(got)}`);
}

function play(moves: readonly Move[]): readonly Kind[] {
  let run: Run = { state: "queued", epoch: 0, outcome: undefined };
  const past: Kind[] = [];
  const seen = [run, run, run];
  for (const [index, one] of moves.entries()) {
    if (one.do === "look" || one.looksFirst) seen[one.who] = run;
    if (one.do === "look") continue;
    const known = seen[one.who] ?? run;
    const why = `reason ${index}`;
    const step = stepRun(known.state, eventOf(one.kind, why));
    const stale = known.epoch !== run.epoch;
    if (!stale) same("refused" in step, !mayHappen(past, one.kind), `${one.kind} after ${past.join(", ")}`);
    if ("refused" in step || stale) continue;
    run = { state: step.to, epoch: run.epoch + 1, outcome: step.outcome };
    past.push(one.kind);
    same(isFinished(run.state), ends.has(one.kind), `the end by ${one.kind}`);
    same(run.outcome, ends.has(one.kind) && one.kind !== "promoted" ? why : undefined, `the outcome of ${one.kind}`);
  }
  return past;
}

/** What must hold of every history, whatever the machine says. */
function holds(past: readonly Kind[]): void {
  const count = (wanted: Kind) => past.filter((one) => one === wanted).length;
  const firstEnd = past.findIndex((one) => ends.has(one));
  same(firstEnd === -1 || firstEnd === past.length - 1, true, "an end is the last that happens");
  // One training at a time, and each ends before the next.
  const running = count("started") - count("trained") - count("retry");
  same(running === 0 || running === 1, true, "one training at a time");
  same(count("trained") <= 1, true, "one candidate");
  if (count("promoted") === 1) {
    const way = past.filter((one) => one !== "stepped").slice(-4);
    same(way.join(), "started,trained,passed,promoted", "the way to a promotion");
  }
}

test("10,000 random histories of one run, with stale and doubled wishes, are those of a small model", () => {
  const reached = new Map<Kind, number>();
  fc.assert(
    fc.property(fc.array(move, { minLength: 1, maxLength: 80, size: "max" }), (moves) => {
      const past = play(moves);
      holds(past);
      const last = past.at(-1);
      if (last !== undefined) reached.set(last, (reached.get(last) ?? 0) + 1);
    }),
    { numRuns: 10_000 },
  );
  // Every end was reached, and often.
  for (const end of ends) expect(reached.get(end)).toBeGreaterThan(100);
});
