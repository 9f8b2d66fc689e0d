import type { Place } from "../errors.ts";

/** A value that a trainer's parameter can have. */
export type ParameterValue = string | number | boolean;

/** One parameter of a trainer, as the operator declares it in driftward.yaml. */
export interface ParameterDeclaration {
  readonly type: "integer" | "number" | "string" | "boolean";
  /** Taken when a policy sets none; without one, a policy has to. */
  readonly default?: ParameterValue;
  /** The only values allowed. */
  readonly values?: readonly ParameterValue[];
  /** Of numbers, inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What is wrong with one parameter, in words; `name` is the parameter. */
export interface ParameterProblem {
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
}

/** A parameter that a policy sets, and where. */
export interface PolicyParameter {
  readonly name: string;
  readonly value: ParameterValue;
  readonly place: Place;
}

const longestText = 1_000;

/**
 * The values that a trainer is started with: those a policy sets, and the defaults of the others.
 *
 * @returns the values in order of their declaration, or everything that is wrong
 */
export function fillParameters(
  declared: Readonly<Record<string, ParameterDeclaration>>,
  given: Readonly<Record<string, ParameterValue>>,
): { readonly values: Readonly<Record<string, ParameterValue>> } | { readonly problems: readonly ParameterProblem[] } {
  const problems: ParameterProblem[] = unknownNames(declared, given);
  const values: [string, ParameterValue][] = [];
  for (const [name, declaration] of Object.entries(declared)) {
    const value = Object.hasOwn(given, name) ? given[name] : declaration.default;
    const message = value === undefined ? "expected a value, got none" : parameterProblem(declaration, value);
    if (message !== undefined) problems.push({ name, message });
    else if (value !== undefined) values.push([name, value]);
  }
  return problems.length > 0 ? { problems } : { values: Object.fromEntries(values) };
}

function unknownNames(declared: object, given: object): ParameterProblem[] {
  const names = Object.keys(declared);
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => ({
      name,
      message: "the trainer declares no such parameter",
      hint: names.length === 0 ? "it declares none" : `it declares ${names.join(", ")}`,
    }));
}

/** What is wrong with a value, as "expected …, got …"; undefined when it is allowed. */
export function parameterProblem(declaration: ParameterDeclaration, value: ParameterValue): string | undefined {
  return isAllowed(declaration, value)
    ? undefined
    : `expected ${describeParameter(declaration)}, got ${JSON.stringify(value)}`;
}

function isAllowed({ type, values, minimum, maximum }: ParameterDeclaration, value: ParameterValue): boolean {
  if (!isOfType(type, value) || (values !== undefined && !values.includes(value))) return false;
  if (typeof value === "number") return value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
  return typeof value !== "string" || (value.length <= longestText && !value.includes("\0"));
}

function isOfType(type: ParameterDeclaration["type"], value: ParameterValue): boolean {
  switch (type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return Number.isFinite(value);
    case "string":
    case "boolean":
      return typeof value === type;
    default:
      return type satisfies never;
  }
}

/** What a parameter takes, in words: "an integer from 1 to 100". */
export function describeParameter({ type, values, minimum, maximum }: ParameterDeclaration): string {
  if (values !== undefined) return `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;
  const kind = { integer: "an integer", number: "a number", string: "a text", boolean: "true or false" }[type];
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${kind} of at least ${minimum}`;
  return maximum === undefined ? kind : `${kind} of at most ${maximum}`;
}

/** What a policy's retrain section sets, by name. */
export function givenParameters(
  retrain: { readonly with?: readonly PolicyParameter[] } | undefined,
): Readonly<Record<string, ParameterValue>> {
  return Object.fromEntries((retrain?.with ?? []).map(({ name, value }) => [name, value]));
}

/** Everything that is wrong, in one sentence. */
export function describeParameterProblems(trainer: string, problems: readonly ParameterProblem[]): string {
  const parts = problems.map(
    ({ name, message, hint }) => `${name}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  return `the parameters of trainer "${trainer}" cannot be used: ${parts.join("; ")}`;
}
