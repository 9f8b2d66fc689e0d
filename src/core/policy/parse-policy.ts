import { bundlePolicy, type PolicyBundle, type SourceFile, unbundlePolicy } from "./bundle.ts";
import { conditionProblems } from "./check-conditions.ts";
import { type GovernedModel, governedModels } from "./for-each.ts";
import { mergeDefaults } from "./merge-defaults.ts";
import type { Policy } from "./policy.ts";
import { senseProblems } from "./policy-sense.ts";
import { errorAt, inOrder, type PolicyProblem } from "./problem.ts";
import { type Places, resolvePolicy } from "./resolve-policy.ts";
import { defaultsSchema, type PolicyFile, policySchema } from "./schema.ts";
import { explainIssues } from "./schema-issues.ts";
import { type KeyPath, readYaml, type YamlFile } from "./yaml-file.ts";

interface Refused {
  /** At least one error; hints may be among them. */
  readonly problems: readonly PolicyProblem[];
}

export type ParsedPolicy = { readonly policy: Policy; readonly hints: readonly PolicyProblem[] } | Refused;

/** The policy of one model, and the text that stands for it alone: what a revision records and `parsePolicy` reads. */
export interface PolicyOfModel {
  readonly policy: Policy;
  readonly source: string;
}

export type ParsedPolicies =
  | { readonly policies: readonly PolicyOfModel[]; readonly hints: readonly PolicyProblem[] }
  | Refused;

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

function readDefaults(defaults: SourceFile | undefined): YamlFile | undefined | Refused {
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

/** A policy file that has no mistakes, with all that it was read from. */
export interface ReadPolicy {
  readonly bundle: PolicyBundle;
  readonly own: YamlFile;
  readonly shared: YamlFile | undefined;
  /** The file's values over the shared ones, as written. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly file: PolicyFile;
  readonly places: Places;
  readonly models: readonly GovernedModel[];
  readonly hints: readonly PolicyProblem[];
}

/** Reads a file, or the text of a revision; one that says for which model it is has that model only. */
export function readPolicy(source: string, file: string, defaults?: SourceFile): ReadPolicy | Refused {
  const found = unbundlePolicy(source);
  const used = found.defaults ?? defaults;
  const bundle = used === undefined ? found : { ...found, defaults: used };
  const shared = readDefaults(bundle.defaults);
  if (shared !== undefined && "problems" in shared) return shared;
  const own = readYaml(bundle.own, file);
  if ("problems" in own) return { problems: inOrder(own.problems) };
  const value = shared === undefined ? own.value : mergeDefaults(shared.value, own.value);
  const places = placesOf(shared === undefined ? [own] : [own, shared]);
  const parsed = policySchema.safeParse(value);
  const problems = [
    ...(parsed.success ? [] : explainIssues(parsed.error.issues, value, policySchema, places.locate)),
    ...conditionProblems(value, places.inText),
    ...(parsed.success ? senseProblems(parsed.data, places.locate) : []),
  ];
  if (!parsed.success || problems.some((one) => one.severity === "error")) return { problems: inOrder(problems) };
  const models = governedModels(parsed.data).filter(({ name }) => bundle.model === undefined || name === bundle.model);
  if (models.length === 0)
    return {
      problems: [errorAt(places.locate(["model"]), `expected a policy of ${bundle.model}, got another model's`)],
    };
  return { bundle, own, shared, value, file: parsed.data, places, models, hints: inOrder(problems) };
}

/**
 * Reads a policy file: syntax, schema, units, conditions and sense. All errors are told at once, each at
 * `file:line:column` with the next step; nothing that a file says throws.
 *
 * @param source    the file's text, at most 256 KiB
 * @param file      how messages call it
 * @param defaults  what the policies of its folder share (`defaults.yaml`); a bundle brings its own
 * @returns one policy, or one for each value of `for_each`
 */
export function parsePolicies(source: string, file: string, defaults?: SourceFile): ParsedPolicies {
  const read = readPolicy(source, file, defaults);
  if ("problems" in read) return read;
  const { bundle, places, hints } = read;
  const chosen = (name: string) => (read.file.for_each === undefined ? undefined : name);
  const policies = read.models.map((model) => ({
    policy: resolvePolicy({ ...read.file, model: model.name }, places, model.only),
    source: bundlePolicy(bundle.own, bundle.defaults, chosen(model.name)),
  }));
  return { policies, hints };
}

/**
 * Reads the policy of one model: a file without `for_each`, or the text of a revision. As `parsePolicies` in all else;
 * a file that governs several models is refused.
 */
export function parsePolicy(source: string, file: string, defaults?: SourceFile): ParsedPolicy {
  const read = readPolicy(source, file, defaults);
  if ("problems" in read) return read;
  const [model, ...others] = read.models;
  if (model !== undefined && others.length === 0)
    return { policy: resolvePolicy({ ...read.file, model: model.name }, read.places, model.only), hints: read.hints };
  const names = read.models.map(({ name }) => name).join(", ");
  return {
    problems: [errorAt(read.places.locate(["for_each"], "key"), `expected a policy of one model, got ${names}`)],
  };
}
