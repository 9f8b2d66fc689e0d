import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { policyJsonSchema } from "../../../src/core/policy/json-schema.ts";
import { parsePolicies, parsePolicy } from "../../../src/core/policy/parse-policy.ts";

const folder = new URL("../../../policies/examples/", import.meta.url);
const perValue = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [a@example.com]
for_each: { country: [NL, DE, 3] }
schedule: { every: 2h }
rules:
  - { name: moved, when: drift.count > 2 && rows > 1000, for: 1d }
`;
const examples = [perValue, ...readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"))];
const defaults = {
  file: "defaults.yaml",
  source: `apiVersion: driftward/v1
kind: PolicyDefaults
owners: [team@example.com]
drift: { alarm_budget: 1 per 60d }
retrain: { cooldown: 3d }
notify: { critical: [mail: owners, mail: b@example.com] }
`,
};
/** 10,000 for the figure in the documentation: DRIFTWARD_FUZZ_RUNS=10000. */
const runs = Number(process.env.DRIFTWARD_FUZZ_RUNS ?? 1_500);
const example = fc.constantFrom(...examples);

type Schema = { readonly [key: string]: unknown };

/** Keys of a file that the published JSON Schema does not know: a second opinion, apart from zod. */
function unknownKeys(value: unknown, schema: Schema, path = ""): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => unknownKeys(item, (schema.items ?? {}) as Schema, `${path}[${index}]`));
  if (typeof value !== "object" || value === null || schema.properties === undefined) return [];
  const fields = schema.properties as Readonly<Record<string, Schema>>;
  return Object.entries(value).flatMap(([key, child]) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    return field === undefined ? [`${path}.${key}`] : unknownKeys(child, field, `${path}.${key}`);
  });
}

const schema = policyJsonSchema();
const hostile = fc.constantFrom(
  "!",
  "&a ",
  "*a",
  "<<: *a",
  "__proto__:",
  "null",
  "~",
  ".nan",
  ".inf",
  "- ",
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  "\t",
  "\r",
  "\0",
  "\uFEFF",
  "\uFFFD",
  "|",
  ">",
  "%",
  "---",
  "...",
  "#",
  ": ",
  "? ",
  "1e999",
  "0x",
  "\u202E",
  "\u{1F600}",
  "constructor: 1",
);

interface Edit {
  readonly kind: "delete" | "insert" | "replace" | "duplicate line" | "drop line" | "indent line" | "join lines";
  readonly at: number;
  readonly text: string;
}
const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("delete", "insert", "replace", "duplicate line", "drop line", "indent line", "join lines"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  text: fc.oneof(hostile, fc.string({ minLength: 1, maxLength: 3 })),
});

function apply(source: string, { kind, at, text }: Edit): string {
  const offset = Math.floor(at * source.length);
  if (kind === "delete") return source.slice(0, offset) + source.slice(offset + text.length);
  if (kind === "insert") return source.slice(0, offset) + text + source.slice(offset);
  if (kind === "replace") return source.slice(0, offset) + text + source.slice(offset + text.length);
  const lines = source.split("\n");
  const line = Math.floor(at * lines.length);
  const changed = {
    "duplicate line": [lines[line], lines[line]],
    "drop line": [],
    "indent line": [` ${lines[line]}`],
    "join lines": [`${lines[line]}${lines[line + 1] ?? ""}`],
  }[kind];
  return lines.toSpliced(line, kind === "join lines" ? 2 : 1, ...changed.map((one) => one ?? "")).join("\n");
}

/** Values that stand where others stood: of another kind, too large, hostile. */
const strangeValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1e308, "", "0s", "1 per 0d", "999999999d", [], {}, [[]], "$x", "🙂"),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Puts a value, or a key of the language from elsewhere, somewhere into the tree. */
function graft(source: string, pick: number, value: unknown, key: string | undefined): string {
  const tree = parse(source) as Record<string, unknown>;
  const sections = sectionsOf(tree);
  const path = sections[pick % sections.length] ?? [];
  const section = path.reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, tree);
  const keys = Object.keys(section);
  const target = key ?? keys[pick % Math.max(1, keys.length)];
  if (target !== undefined) Object.defineProperty(section, target, { value, enumerable: true, configurable: true });
  return stringify(tree);
}

const languageKeys = [...new Set(JSON.stringify(policyJsonSchema()).match(/"[a-z_]{3,}"(?=:\{)/g))].map(
  (key) => JSON.parse(key) as string,
);

const mutatedText = (of: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    fc.tuple(of, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([source, edits]) => edits.reduce(apply, source)),
    fc
      .tuple(of, fc.nat(), strangeValue, fc.option(fc.constantFrom(...languageKeys), { nil: undefined }))
      .map(([source, pick, value, key]) => graft(source, pick, value, key)),
  );

interface Mutation {
  readonly mutated: string;
  readonly shared?: typeof defaults;
}

/** A file alone, with what its folder shares, or whole beside shared values that are mutated. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 3, arbitrary: mutatedText(example).map((mutated) => ({ mutated })) },
  { weight: 1, arbitrary: mutatedText(example).map((mutated) => ({ mutated, shared: defaults })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(example, mutatedText(fc.constant(defaults.source)))
      .map(([mutated, source]) => ({ mutated, shared: { ...defaults, source } })),
  },
);

test(`${runs} mutated files: never a crash, never an unknown key accepted, always a place`, () => {
  let accepted = 0;
  fc.assert(
    fc.property(mutation, ({ mutated, shared }) => {
      const result = parsePolicies(mutated, "fuzz.yaml", shared);
      if ("policies" in result) {
        accepted += 1;
        expect(unknownKeys(parse(mutated), schema)).toEqual([]);
        if (shared !== undefined) expect(unknownKeys(parse(shared.source), schema)).toEqual([]);
        // What is recorded of it reads as the same again.
        for (const { policy, source } of result.policies)
          expect(parsePolicy(source, "fuzz.yaml")).toMatchObject({ policy: { model: policy.model } });
        return;
      }
      expect(result.problems.some((one) => one.severity === "error")).toBe(true);
      const lines = Math.max(...[mutated, shared?.source ?? ""].map((text) => text.split(/\r\n|\n|\r/).length));
      for (const { place, message } of result.problems) {
        expect(message).not.toBe("");
        expect(message).not.toMatch(/Invalid input|Unrecognized|undefined|\[object/);
        expect(place.line ?? 0).toBeGreaterThanOrEqual(1);
        expect(place.line).toBeLessThanOrEqual(lines);
        expect(place.column ?? 0).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: runs },
  );
  // Both sides of the gate are met: comments and numbers can change without harm.
  expect(accepted).toBeGreaterThan(runs / 25);
});

/** Every section of a policy, as the path to it. */
function sectionsOf(
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [];
  const below = Object.entries(value).flatMap(([key, child]) =>
    sectionsOf(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? below : [path, ...below];
}

test("a strange key in any section is an error that names it", () => {
  const strange = fc.oneof(
    fc.stringMatching(/^[a-z_]{1,12}$/),
    fc.constantFrom("constructor", "toString", "hasOwnProperty", "valueOf", "rulez", "When", "min-rows"),
  );
  fc.assert(
    fc.property(example, strange, fc.nat(), (source, key, pick) => {
      const value = parse(source) as Record<string, unknown>;
      const sections = sectionsOf(value);
      const path = sections[pick % sections.length] ?? [];
      const section = path.reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, value);
      if (Object.hasOwn(section, key)) return;
      section[key] = 1;
      if (unknownKeys(value, schema).length === 0 && path.at(-1) !== "columns") return;
      const result = parsePolicy(stringify(value), "fuzz.yaml");
      expect("problems" in result ? result.problems.map((one) => one.message).join("\n") : "accepted").toContain(
        `"${key}"`,
      );
    }),
    { numRuns: 800 },
  );
});
