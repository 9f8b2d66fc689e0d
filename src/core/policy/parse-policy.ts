import { type SourceFile, unbundlePolicy } from "./bundle.ts";
import { conditionProblems } from "./check-conditions.ts";
import { mergeDefaults } from "./merge-defaults.ts";
import type { Policy } from "./policy.ts";
import { senseProblems } from "./policy-sense.ts";
import { inOrder, type PolicyProblem } from "./problem.ts";
import { type Places, resolvePolicy } from "./resolve-policy.ts";
import { defaultsSchema, policySchema } from "./schema.ts";
import { explainIssues } from "./schema-issues.ts";
import { unsupportedParts } from "./unsupported.ts";
import { type KeyPath, readYaml, type YamlFile } from "./yaml-file.ts";

export type ParsedPolicy =
  | { readonly policy: Policy; readonly hints: readonly PolicyProblem[] }
  /** At least one error; hints may be among them. */
  | { readonly problems: readonly PolicyProblem[] };

/** Places of a policy's values, which may stand in its own file or in the shared one. */
function placesOf(files: readonly YamlFile[]): Places {
  const [main] = files;
  const top = { file: main?.file ?? "", line: 1, column: 1 };
  const first = <T>(ask: (file: YamlFile) => T | undefined): T | undefined =>
    files.map(ask).find((found) => found !== undefined);
  return {
    locate(path, of) {
      for (let length = path.length; length > 0; length -= 1) {
        const place = first((file) => file.placeOf(path.slice(0, length), length === path.length ? of : "value"));
        if (place !== undefined) return place;
      }
      return top;
    },
    inText: (path: KeyPath, offset) => first((file) => file.placeInText(path, offset)) ?? top,
  };
}

function readDefaults(
  defaults: SourceFile | undefined,
): YamlFile | undefined | { readonly problems: readonly PolicyProblem[] } {
  if (defaults === undefined) return undefined;
  const read = readYaml(defaults.source, defaults.file);
  if ("problems" in read) return read;
  const { locate } = placesOf([read]);
  const parsed = defaultsSchema.safeParse(read.value);
  return parsed.success
    ? read
    : { problems: inOrder(explainIssues(parsed.error.issues, read.value, defaultsSchema, locate)) };
}

/** Mistakes of a `defaults.yaml` by itself. */
export function checkDefaults(defaults: SourceFile): readonly PolicyProblem[] {
  const read = readDefaults(defaults);
  return read !== undefined && "problems" in read ? read.problems : [];
}

/**
 * Reads a policy file: syntax, schema, units, conditions and sense. All errors are told at once, each at
 * `file:line:column` with the next step; nothing that a file says throws.
 *
 * @param source    the file's text, at most 256 KiB
 * @param file      how messages call it
 * @param defaults  what the policies of its folder share (`defaults.yaml`); a bundle brings its own
 */
export function parsePolicy(source: string, file: string, defaults?: SourceFile): ParsedPolicy {
  const bundle = unbundlePolicy(source);
  const shared = readDefaults(bundle.defaults ?? defaults);
  if (shared !== undefined && "problems" in shared) return shared;
  const own = readYaml(bundle.own, file);
  if ("problems" in own) return { problems: inOrder(own.problems) };
  const value = shared === undefined ? own.value : mergeDefaults(shared.value, own.value);
  const places = placesOf(shared === undefined ? [own] : [own, shared]);
  const parsed = policySchema.safeParse(value);
  const problems = [
    ...unsupportedParts(value, places.locate),
    ...(parsed.success ? [] : explainIssues(parsed.error.issues, value, policySchema, places.locate)),
    ...conditionProblems(value, places.inText),
    ...(parsed.success ? senseProblems(parsed.data, places.locate) : []),
  ];
  if (!parsed.success || problems.some((one) => one.severity === "error")) return { problems: inOrder(problems) };
  return { policy: resolvePolicy(parsed.data, places), hints: inOrder(problems) };
}
