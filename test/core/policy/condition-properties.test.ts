import { expect, test } from "@jest/globals";
import { Environment } from "@marcbachmann/cel-js";
import fc from "fast-check";
import { checkRule, evaluateRule } from "../../../src/core/policy/condition.ts";
import type { RuleFacts } from "../../../src/core/policy/facts.ts";
import type { KnownToRules } from "../../../src/core/policy/vocabulary.ts";

const known: KnownToRules = { metrics: ["mae"] };

/** Facts as numbers by path; rows are always known. */
interface Numbers {
  readonly share: number;
  readonly count: number;
  readonly psi: number;
  readonly drifted: boolean;
  readonly value: number;
  readonly rise: number;
}
type Known = { readonly [Key in keyof Numbers]: boolean };

const number = fc.constantFrom(0, 0.25, 0.5, 1, 2, 3);
const numbers: fc.Arbitrary<Numbers> = fc.record({
  share: number,
  count: fc.nat(3),
  psi: number,
  drifted: fc.boolean(),
  value: number,
  rise: number,
});
const mask: fc.Arbitrary<Known> = fc.record({
  share: fc.boolean(),
  count: fc.boolean(),
  psi: fc.boolean(),
  drifted: fc.boolean(),
  value: fc.boolean(),
  rise: fc.boolean(),
});

function factsOf(given: Numbers, there?: Known): RuleFacts {
  const has = (key: keyof Numbers) => there === undefined || there[key];
  return {
    rows: 7,
    drift: {
      ...(has("share") ? { share: given.share } : {}),
      ...(has("count") ? { count: given.count } : {}),
      features: {},
      prediction: {
        statistics: has("psi") ? { psi: given.psi } : {},
        ...(has("drifted") ? { drifted: given.drifted } : {}),
      },
    },
    quality: { features: {} },
    performance: {
      mae: {
        ...(has("value") ? { value: given.value } : {}),
        ...(has("rise") ? { worsening: { lower: given.rise } } : {}),
      },
    },
  };
}

const { condition } = fc.letrec<{ condition: string; decimal: string; whole: string }>((tie) => ({
  decimal: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(
      "drift.share",
      "drift.prediction.psi",
      "performance.mae.value",
      "performance.mae.rise.lower",
      "0.5",
      "1.0",
      "-2.0",
    ),
    fc
      .tuple(tie("decimal"), fc.constantFrom("+", "-", "*", "/"), tie("decimal"))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("decimal").map((inner) => `abs(${inner})`),
  ),
  whole: fc.constantFrom("drift.count", "rows", "2", "7", "drift.count + 1"),
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom("drift.prediction.drifted", "rows > 5", "rows < 5"),
    fc
      .tuple(tie("decimal"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("decimal"))
      .map((parts) => parts.join(" ")),
    fc
      .tuple(tie("whole"), fc.constantFrom("<", "<=", ">", ">=", "==", "!="), tie("whole"))
      .map((parts) => parts.join(" ")),
    fc.tuple(tie("condition"), fc.constantFrom("||", "&&"), tie("condition")).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("condition").map((inner) => `!(${inner})`),
    fc.tuple(tie("condition"), tie("condition"), tie("condition")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    tie("decimal").map((value) => `${value} in [0.25, 1.0]`),
  ),
}));

/** Compiles what asks for something; comparisons that can never hold are refused, and passed over here. */
function compiled(source: string) {
  const result = checkRule(source, known);
  if ("compiled" in result) return result.compiled;
  const refused = result.problems.every(
    ({ message }) => message.includes("hold") || message.includes("asks for nothing"),
  );
  if (!refused) throw new Error(`${source}: ${JSON.stringify(result.problems)}`);
  return undefined;
}

const outcomes = { true: "holds", false: "quiet" } as const;
const runs = { numRuns: 3_000 };

test("agrees with CEL's own evaluation where everything is known", () => {
  const cel = new Environment({ unlistedVariablesAreDyn: true }).registerFunction("abs(double): double", Math.abs);
  let compared = 0;
  fc.assert(
    fc.property(condition, numbers, (source, given) => {
      const rule = compiled(source);
      // 0/0 gives NaN there and "not known" here: that difference is what the own evaluation is for.
      if (rule === undefined || source.includes("/")) return;
      const context = {
        rows: 7n,
        drift: {
          share: given.share,
          count: BigInt(given.count),
          prediction: { psi: given.psi, drifted: given.drifted },
        },
        performance: { mae: { value: given.value, rise: { lower: given.rise } } },
      };
      compared += 1;
      expect([source, evaluateRule(rule, factsOf(given)).outcome]).toEqual([
        source,
        outcomes[`${cel.evaluate(source, context) as boolean}`],
      ]);
    }),
    runs,
  );
  expect(compared).toBeGreaterThan(500);
});

test("what is decided while something is absent stays so, whatever it turns out to be", () => {
  let decided = 0;
  fc.assert(
    fc.property(condition, numbers, numbers, mask, (source, given, later, there) => {
      const rule = compiled(source);
      if (rule === undefined) return;
      const { outcome } = evaluateRule(rule, factsOf(given, there));
      if (outcome === "inconclusive") return;
      decided += 1;
      const mixed = Object.fromEntries(
        (Object.keys(there) as (keyof Numbers)[]).map((key) => [key, there[key] ? given[key] : later[key]]),
      ) as unknown as Numbers;
      const whole = evaluateRule(rule, factsOf(mixed));
      // Numbers that turn up can still divide 0 by 0, which is not known; they cannot turn the outcome round.
      expect([source, [outcome, "inconclusive"].includes(whole.outcome)]).toEqual([source, true]);
      if (!source.includes("/")) expect(whole.outcome).toBe(outcome);
    }),
    runs,
  );
  expect(decided).toBeGreaterThan(300);
});

test("no text is a crash: it is compiled or told", () => {
  const words = fc.constantFrom(
    "drift",
    ".",
    "share",
    "feature",
    "(",
    ")",
    '"x"',
    "'",
    ">",
    "0.3",
    "||",
    "!",
    "[",
    "]",
    "?",
    ":",
    "in",
    "has",
    "matches",
    "1u",
    "b'x'",
    "null",
    "{",
    "}",
    ",",
    "\n",
    "//",
    "é",
    "\u{1F600}",
    "-",
    "%",
    "mae",
    "performance",
    "rows",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.array(words, { maxLength: 14 }).map((all) => all.join("")),
      ),
      (source) => {
        const result = checkRule(source, known);
        if ("problems" in result) {
          expect(result.problems.length).toBeGreaterThan(0);
          for (const { offset } of result.problems) expect(offset >= 0 && offset <= source.length).toBe(true);
        } else
          expect(
            evaluateRule(result.compiled, factsOf({ share: 0, count: 0, psi: 0, drifted: true, value: 0, rise: 0 }))
              .outcome,
          ).toBeDefined();
      },
    ),
    runs,
  );
});
