import type { ASTNode } from "@marcbachmann/cel-js";
import { DriftwardError, type Place } from "../errors.ts";
import { type Checked, checkCondition } from "./condition-check.ts";
import { contradictions } from "./condition-contradiction.ts";
import type { ConditionProblem, Path, Step } from "./condition-paths.ts";
import { constantComparisons } from "./condition-sense.ts";
import { conditionValue } from "./condition-value.ts";
import type { AbsentReasons, DriftFacts, EstimateFacts, GateFacts, GateSides, GuardFacts, RuleFacts } from "./facts.ts";
import type { Condition } from "./policy.ts";
import {
  type Branch,
  gateVocabulary,
  guardVocabulary,
  type KnownToGates,
  type KnownToRules,
  ruleVocabulary,
} from "./vocabulary.ts";

/** Of a rule, of a gate, or of the guard that holds a promoted version to its promise. */
export type ConditionKind = "rule" | "gate" | "guard";

/** A checked condition, ready to be asked; pure data and syntax tree. */
export interface CompiledCondition<Kind extends ConditionKind = ConditionKind> {
  readonly kind: Kind;
  readonly source: string;
  readonly checked: Checked;
  /** What is true but looks like a slip, such as a comparison that always holds. */
  readonly hints: readonly ConditionProblem[];
}

/** Every path a condition names, with the value it had; absent ones are left out. */
type Values = Readonly<Record<string, number | boolean | string>>;

export interface RuleOutcome {
  readonly outcome: "holds" | "quiet" | "inconclusive";
  /** Why it is inconclusive. */
  readonly reason?: string;
  readonly values: Values;
}

export interface GateOutcome {
  readonly outcome: "pass" | "fail" | "inconclusive";
  readonly reason?: string;
  readonly values: Values;
}

export type Compilation<Kind extends ConditionKind> =
  | { readonly compiled: CompiledCondition<Kind> }
  | { readonly problems: readonly ConditionProblem[] };

function compile<Kind extends ConditionKind>(kind: Kind, source: string, words: Branch): Compilation<Kind> {
  const checked = checkCondition(source, words);
  if ("problems" in checked) return checked;
  const sense = [...constantComparisons(checked), ...contradictions(checked)];
  if (sense.some((one) => one.severity === "error")) return { problems: sense };
  return { compiled: { kind, source, checked, hints: sense } };
}

/** Checks a rule's condition against the policy's features and metrics; all mistakes at once, by offset. */
export function checkRule(source: string, known: KnownToRules): Compilation<"rule"> {
  return compile("rule", source, ruleVocabulary(known));
}

/** Checks a gate's condition against the metrics of the model's kind; all mistakes at once, by offset. */
export function checkGate(source: string, known: KnownToGates): Compilation<"gate"> {
  return compile("gate", source, gateVocabulary(known));
}

/** Checks a guard's condition against the metrics that the policy watches; all mistakes at once, by offset. */
export function checkGuard(source: string, known: Pick<KnownToRules, "metrics">): Compilation<"guard"> {
  return compile("guard", source, guardVocabulary(known));
}

/** Where an offset of a condition's text is; exact for conditions of one line. */
export function placeInCondition(condition: Condition, offset: number): Place {
  const before = condition.source.slice(0, offset).split("\n");
  const { file, line, column } = condition.place;
  if (line === undefined || column === undefined) return condition.place;
  const last = before.at(-1) ?? "";
  return before.length === 1 ? { file, line, column: column + last.length } : { file, line: line + before.length - 1 };
}

function orThrow<Kind extends ConditionKind>(result: Compilation<Kind>, condition: Condition): CompiledCondition<Kind> {
  if ("compiled" in result) return result.compiled;
  const [first] = result.problems.filter((one) => one.severity === "error");
  throw new DriftwardError("InvalidPolicy", first?.message ?? "the condition cannot be used", {
    place: placeInCondition(condition, first?.offset ?? 0),
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
  });
}

/**
 * A rule's condition, checked and ready for `evaluateRule`.
 *
 * @throws InvalidPolicy with place and hint when it names something unknown or its types do not fit
 */
export function compileRule(condition: Condition, known: KnownToRules): CompiledCondition<"rule"> {
  return orThrow(checkRule(condition.source, known), condition);
}

/**
 * A gate's condition, checked and ready for `evaluateGate`.
 *
 * @throws InvalidPolicy with place and hint when it names something unknown or its types do not fit
 */
export function compileGate(condition: Condition, known: KnownToGates): CompiledCondition<"gate"> {
  return orThrow(checkGate(condition.source, known), condition);
}

/**
 * A guard's condition, checked and ready for `evaluateGuard`.
 *
 * @throws InvalidPolicy with place and hint when it names something unknown or its types do not fit
 */
export function compileGuard(condition: Condition, known: Pick<KnownToRules, "metrics">): CompiledCondition<"guard"> {
  return orThrow(checkGuard(condition.source, known), condition);
}

const wordAt = (steps: readonly Step[], index: number): string => {
  const step = steps[index];
  return step !== undefined && "word" in step ? step.word : "";
};

/** Own fields only: a feature may be called `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function estimateFact(facts: EstimateFacts | undefined, name: string): number | undefined {
  return name === "value" || name === "lower" || name === "upper" ? facts?.[name] : undefined;
}

function driftFact(facts: DriftFacts | undefined, name: string): number | boolean | undefined {
  if (facts === undefined) return undefined;
  if (name === "drifted") return facts.drifted;
  return name === "p" ? facts.p : own<number | undefined>(facts.statistics, name);
}

function ruleFact(facts: RuleFacts, steps: readonly Step[]): number | boolean | undefined {
  const [first, second, last] = [wordAt(steps, 0), steps[1], wordAt(steps, steps.length - 1)];
  if (first === "rows") return facts.rows;
  if (second === undefined) return undefined;
  if (first === "quality")
    return "feature" in second ? own(facts.quality.features, second.feature)?.missing : facts.quality.count;
  if (first === "drift") {
    if ("feature" in second) return driftFact(own(facts.drift.features, second.feature), last);
    return second.word === "prediction"
      ? driftFact(facts.drift.prediction, last)
      : facts.drift[second.word as "share" | "count"];
  }
  return performanceFact(facts, steps);
}

function performanceFact({ performance }: Pick<RuleFacts, "performance">, steps: readonly Step[]): number | undefined {
  const metric = own(performance as Readonly<Record<string, RuleFacts["performance"]["roc_auc"]>>, wordAt(steps, 1));
  return estimateFact(steps.length === 4 ? metric?.worsening : metric, wordAt(steps, steps.length - 1));
}

function guardFact(facts: GuardFacts, steps: readonly Step[]): number | undefined {
  if (wordAt(steps, 0) === "performance") return performanceFact(facts, steps);
  const promised = facts.promised as Readonly<Record<string, EstimateFacts | undefined>>;
  return estimateFact(own(promised, wordAt(steps, 1)), wordAt(steps, 2));
}

function gateFact(facts: GateFacts, steps: readonly Step[]): number | undefined {
  const first = wordAt(steps, 0);
  if (first === "distance") return own(facts.distance ?? {}, wordAt(steps, 1));
  const part = first === "recent" || first === "drifted" || first === "slices";
  const sides = part ? facts[first] : facts;
  const [side, metric, end] = part ? [1, 2, 3] : [0, 1, 2];
  const found = sides?.[wordAt(steps, side) as keyof GateSides];
  return estimateFact(
    own((found ?? {}) as Readonly<Record<string, EstimateFacts | undefined>>, wordAt(steps, metric)),
    wordAt(steps, end),
  );
}

/** A boolean stays; a number must stand for something: NaN counts as absent. */
const usable = (value: number | boolean | undefined): number | boolean | undefined =>
  typeof value === "number" && Number.isNaN(value) ? undefined : value;

function reasonFor(absent: readonly Path[], reasons: AbsentReasons | undefined): string {
  if (absent.length === 0) return "its numbers give no value (such as 0 divided by 0)";
  const names = [...new Set(absent.map((path) => path.text))];
  const why = new Set(absent.flatMap(({ steps }) => reasonOf(steps, reasons ?? {}) ?? []));
  const text = `${names.join(", ")} ${names.length === 1 ? "is" : "are"} not known`;
  return why.size === 0 ? text : `${text}: ${[...why].join("; ")}`;
}

function reasonOf(steps: readonly Step[], reasons: AbsentReasons): string | undefined {
  const words = steps.map((_, index) => wordAt(steps, index));
  for (let count = words.length; count > 0; count -= 1) {
    const reason = own(reasons, words.slice(0, count).join("."));
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function ask(
  checked: Checked,
  fact: (steps: readonly Step[]) => number | boolean | undefined,
  reasons: AbsentReasons | undefined,
): { readonly holds: boolean | undefined; readonly reason: string; readonly values: Values } {
  const found = new Map<ASTNode, number | boolean | undefined>();
  const values: Record<string, number | boolean> = {};
  const absent: Path[] = [];
  for (const [node, path] of checked.paths) {
    const value = usable(fact(path.steps));
    found.set(node, value);
    if (value === undefined) absent.push(path);
    else values[path.text] = value;
  }
  const holds = conditionValue(checked.tree, (node) => found.get(node));
  return { holds: typeof holds === "boolean" ? holds : undefined, reason: reasonFor(absent, reasons), values };
}

/**
 * Asks a rule about a check. A value that is absent makes it inconclusive wherever the outcome depends on it: also
 * behind `!`, `||` and `&&`. `true || absent` holds, because it would whatever the absent value were.
 */
export function evaluateRule(rule: CompiledCondition<"rule">, facts: RuleFacts): RuleOutcome {
  const { holds, reason, values } = ask(rule.checked, (steps) => ruleFact(facts, steps), facts.absent);
  if (holds === undefined) return { outcome: "inconclusive", reason, values };
  return { outcome: holds ? "holds" : "quiet", values };
}

/** Asks a gate about a candidate; inconclusive as in `evaluateRule`, and never a pass. */
export function evaluateGate(gate: CompiledCondition<"gate">, facts: GateFacts): GateOutcome {
  const { holds, reason, values } = ask(gate.checked, (steps) => gateFact(facts, steps), facts.absent);
  if (holds === undefined) return { outcome: "inconclusive", reason, values };
  return { outcome: holds ? "pass" : "fail", values };
}

/** Asks the guard of a promotion about a check; inconclusive as in `evaluateRule`, and then nothing is rolled back. */
export function evaluateGuard(guard: CompiledCondition<"guard">, facts: GuardFacts): RuleOutcome {
  const { holds, reason, values } = ask(guard.checked, (steps) => guardFact(facts, steps), facts.absent);
  if (holds === undefined) return { outcome: "inconclusive", reason, values };
  return { outcome: holds ? "holds" : "quiet", values };
}
