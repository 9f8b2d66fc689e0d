import { errorAt, type PolicyProblem } from "./problem.ts";
import { type Locate, valueAt } from "./schema-issues.ts";
import type { KeyPath } from "./yaml-file.ts";

interface Unsupported {
  /** `*` stands for every element of a list and every key of a section. */
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
  /** Whether a value asks for nothing and is let through. */
  readonly harmless?: (value: unknown) => boolean;
}

/** Parts of the language that Driftward does not act on yet. They are errors: a wish must not be dropped in silence. */
const unsupported: readonly Unsupported[] = [
  {
    path: ["baseline", "from"],
    message: "baseline.from: live is not supported yet",
    hint: "give the rows of that time as a file: driftward baseline MODEL VERSION FILE",
    harmless: (value) => value === "training" || value === "holdout",
  },
];

function matches(value: unknown, pattern: readonly string[], path: KeyPath = []): readonly KeyPath[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [path];
  if (typeof value !== "object" || value === null) return [];
  const keys = step === "*" ? Object.keys(value) : Object.hasOwn(value, step) ? [step] : [];
  return keys.flatMap((key) => {
    const next = Array.isArray(value) ? Number(key) : key;
    return matches(valueAt(value, [next]), rest, [...path, next]);
  });
}

/** Keys of a file that are part of the language and not acted on yet. */
export function unsupportedParts(value: unknown, locate: Locate): readonly PolicyProblem[] {
  return unsupported.flatMap(({ path, message, hint, harmless }) =>
    matches(value, path)
      .filter((found) => harmless?.(valueAt(value, found)) !== true)
      .map((found) => errorAt(locate(found, "key"), message, hint)),
  );
}
