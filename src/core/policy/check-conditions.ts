import { higherIsBetter, type MetricName, metricsOf, type Task } from "../metrics/metric-names.ts";
import { suggestName } from "../nearest-name.ts";
import { type Compilation, checkGate, checkGuard, checkRule, placeInCondition } from "./condition.ts";
import type { ConditionProblem } from "./condition-paths.ts";
import type { Policy } from "./policy.ts";
import { errorAt, type PolicyProblem } from "./problem.ts";
import { valueAt } from "./schema-issues.ts";
import { driftSection, performanceSection } from "./schema-watch.ts";
import type { KnownToRules } from "./vocabulary.ts";
import { featureRole } from "./watched-features.ts";
import type { KeyPath } from "./yaml-file.ts";

/** Gives the place of a character of the condition at a path. */
type PlaceInText = (path: KeyPath, offset: number) => PolicyProblem["place"];

/** Kinds of models that have all of these metrics. */
export function tasksWith(metrics: readonly MetricName[]): readonly Task[] {
  return (Object.keys(metricsOf) as Task[]).filter((task) =>
    metrics.every((metric) => metricsOf[task].includes(metric)),
  );
}

/** Known from the model's features, or where the policy names each of its own. */
function mostWatched(
  roles: Policy["drift"]["features"],
  features: KnownToRules["features"],
): Pick<KnownToRules, "mostWatched"> {
  const names = features === undefined ? roles.watch : Object.keys(features);
  if (features === undefined && names.some((name) => name.includes("*"))) return {};
  return { mostWatched: new Set(names.filter((name) => featureRole(roles, name) === "watched")).size };
}

/** What conditions of a policy may name; features only once a baseline tells them. */
function knownToRules(
  { drift, performance }: Pick<Policy, "drift" | "performance">,
  features?: KnownToRules["features"],
): KnownToRules {
  return {
    ...(features === undefined ? {} : { features }),
    metrics: performance.metrics,
    tests: drift.tests,
    ...mostWatched(drift.features, features),
    watched: drift.features.watch.filter((name) => !name.includes("*")),
    unwatched: (name) => {
      const role = featureRole(drift.features, name);
      return role === "watched" ? undefined : `${name} is ${role === "unnamed" ? "not watched" : role}`;
    },
  };
}

/** Metrics that gates of a policy may name: those of the kind of model that `performance.metrics` tell. */
function knownToGates({ performance }: Pick<Policy, "performance">): {
  readonly metrics: readonly MetricName[];
} {
  const tasks = performance.metrics.length === 0 ? [] : tasksWith(performance.metrics);
  if (tasks.length === 0) return { metrics: Object.keys(higherIsBetter) as MetricName[] };
  return { metrics: [...new Set(tasks.flatMap((task) => metricsOf[task]))] };
}

function placed(
  found: readonly ConditionProblem[],
  place: (offset: number) => PolicyProblem["place"],
): PolicyProblem[] {
  return found.map(({ offset, ...rest }) => ({ place: place(offset), ...rest }));
}

const said = (result: Compilation<"rule"> | Compilation<"gate"> | Compilation<"guard">): readonly ConditionProblem[] =>
  "problems" in result ? result.problems : result.compiled.hints;

/** Metrics that a gate names, in order: of all rows, of a part of them (`slices.difference.mae`), or none (`distance.ks`). */
function metricsOfGate(result: Compilation<"gate">): readonly MetricName[] {
  if ("problems" in result) return [];
  return [...result.compiled.checked.paths.values()].flatMap(({ steps }) =>
    steps.flatMap((step) =>
      "word" in step && Object.hasOwn(higherIsBetter, step.word) ? [step.word as MetricName] : [],
    ),
  );
}

function gateProblems(
  gates: readonly unknown[],
  known: { readonly metrics: readonly MetricName[] },
  place: PlaceInText,
) {
  const problems: PolicyProblem[] = [];
  const seen: MetricName[] = [];
  gates.forEach((gate, index) => {
    if (typeof gate !== "string" || gate === "") return;
    const result = checkGate(gate, known);
    const at = (offset: number) => place(["evaluate", "gates", index], offset);
    problems.push(...placed(said(result), at));
    const own = metricsOfGate(result);
    if (tasksWith([...seen, ...own]).length > 0) seen.push(...own);
    else
      problems.push(
        ...placed(
          [
            {
              offset: 0,
              message: `no kind of model has all of ${[...new Set([...seen, ...own])].join(", ")}`,
              hint: "gates name metrics of one kind of model",
              severity: "error",
            },
          ],
          at,
        ),
      );
  });
  return problems;
}

function guardProblems(guard: unknown, known: KnownToRules, place: PlaceInText): readonly PolicyProblem[] {
  if (typeof guard !== "string" || guard === "") return [];
  return placed(said(checkGuard(guard, known)), (offset) => place(["promote", "rollback", "when"], offset));
}

/**
 * Mistakes in the conditions of a file's values, as far as the sections that they rest on can be read: so they are
 * told together with the mistakes of other sections.
 */
export function conditionProblems(value: unknown, place: PlaceInText): readonly PolicyProblem[] {
  const drift = driftSection.safeParse(valueAt(value, ["drift"]) ?? {});
  const performance = performanceSection.safeParse(valueAt(value, ["performance"]) ?? {});
  if (!drift.success || !performance.success) return [];
  const watching = {
    drift: { ...drift.data, alarmBudget: drift.data.alarm_budget },
    performance: { ...performance.data, windowMs: performance.data.window },
  };
  const known = knownToRules(watching);
  const rules = valueAt(value, ["rules"]);
  const problems = (Array.isArray(rules) ? rules : []).flatMap((rule, index) => {
    const when = valueAt(rule, ["when"]);
    if (typeof when !== "string" || when === "") return [];
    return placed(said(checkRule(when, known)), (offset) => place(["rules", index, "when"], offset));
  });
  const gates = valueAt(value, ["evaluate", "gates"]);
  return [
    ...problems,
    ...gateProblems(Array.isArray(gates) ? gates : [], knownToGates(watching), place),
    ...guardProblems(valueAt(value, ["promote", "rollback", "when"]), known, place),
  ];
}

/** Mistakes of a policy's rules that only show once the model's features are known: asked when it is applied. */
export function checkFeatures(
  policy: Policy,
  features: NonNullable<KnownToRules["features"]>,
): readonly PolicyProblem[] {
  const known = knownToRules(policy, features);
  const columns = Object.keys(features).filter((name) => name !== "prediction");
  return policy.rules.flatMap(({ when, per }) => [
    ...placed(said(checkRule(when.source, known)), (offset) => placeInCondition(when, offset)).filter(
      (one) => one.severity === "error",
    ),
    ...(per === undefined || columns.includes(per.column)
      ? []
      : [errorAt(per.place, `the model has no feature "${per.column}"`, suggestName(per.column, columns))]),
  ]);
}
