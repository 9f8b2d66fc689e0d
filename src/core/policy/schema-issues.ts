import { z } from "zod";
import type { Place } from "../errors.ts";
import { nearestName, suggestName } from "../nearest-name.ts";
import { errorAt, type PolicyProblem } from "./problem.ts";
import type { KeyPath } from "./yaml-file.ts";

export type Locate = (path: KeyPath, of?: "key" | "value") => Place;

/** What a file says at a path. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[step];
  }
  return found;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a section of keys";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value as number | boolean);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The schema without what wraps it: defaults, optional, the elements of lists. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return unwrap(schema.def.innerType);
  return schema;
}

/** Keys that a section of the schema has. */
function keysAt(schema: z.core.$ZodType, path: KeyPath): readonly string[] {
  let at: z.core.$ZodType | undefined = unwrap(schema);
  for (const step of path) {
    if (at instanceof z.ZodArray) at = unwrap(at.element);
    else if (at instanceof z.ZodObject) {
      const next: z.core.$ZodType | undefined = at.shape[step];
      at = next === undefined ? undefined : unwrap(next);
    } else return [];
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** Sections that have a key, as `retrain` or `drift.features`. */
function sectionsWith(key: string, schema: z.core.$ZodType, path = ""): readonly string[] {
  const at = unwrap(schema);
  if (at instanceof z.ZodArray) return sectionsWith(key, at.element, path);
  if (!(at instanceof z.ZodObject)) return [];
  const below = Object.entries(at.shape as Readonly<Record<string, z.core.$ZodType>>).flatMap(([name, child]) =>
    sectionsWith(key, child, path === "" ? name : `${path}.${name}`),
  );
  return Object.hasOwn(at.shape, key) && path !== "" ? [path, ...below] : below;
}

function unknownKey(key: string, path: KeyPath, schema: z.core.$ZodType, locate: Locate): PolicyProblem {
  const known = keysAt(schema, path);
  const [elsewhere] = nearestName(key, known) === undefined ? sectionsWith(key, schema) : [];
  const hint = elsewhere === undefined ? suggestName(key, known) : `it belongs in ${elsewhere}`;
  return errorAt(locate([...path, key], "key"), `unknown key "${key}"`, hint);
}

function expectation(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_key" ? (issue.issues[0]?.message ?? "another key") : issue.message;
}

/** Words near what was written, for fields that take one of a few. */
function wordHint(issue: z.core.$ZodIssue, found: unknown): string | undefined {
  if (issue.code !== "invalid_value" || typeof found !== "string") return undefined;
  const nearest = nearestName(found, issue.values.map(String));
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`;
}

/** The next step that a unit's parser gave. */
function parserHint(issue: z.core.$ZodIssue): string | undefined {
  const hint: unknown = issue.code === "custom" ? issue.params?.hint : undefined;
  return typeof hint === "string" ? hint : undefined;
}

function fromIssue(issue: z.core.$ZodIssue, value: unknown, schema: z.core.$ZodType, locate: Locate) {
  const path = issue.path.filter((step): step is string | number => typeof step !== "symbol");
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path, schema, locate));
  const said = expectation(issue);
  if (said.startsWith("expected")) return [errorAt(locate(path), said, parserHint(issue))];
  const found = issue.code === "invalid_key" ? path.at(-1) : valueAt(value, path);
  if (found === undefined) return [errorAt(locate(path), `"${path.at(-1)}" is missing: expected ${said}`)];
  const of = issue.code === "invalid_key" ? "key" : "value";
  return [errorAt(locate(path, of), `expected ${said}, got ${describe(found)}`, wordHint(issue, found))];
}

/** What a schema said about a file's values, each at its place. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  schema: z.core.$ZodType,
  locate: Locate,
): readonly PolicyProblem[] {
  return issues.flatMap((issue) => fromIssue(issue, value, schema, locate));
}
