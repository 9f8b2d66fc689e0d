import { type ASTNode, type TypeError as CelTypeError, Environment, type ParseError } from "@marcbachmann/cel-js";
import {
  type ConditionProblem,
  functionsHint,
  isPathNode,
  type Path,
  problem,
  resolvePath,
} from "./condition-paths.ts";
import type { Branch, ValueType } from "./vocabulary.ts";

/** A condition that parsed and type-checked: its syntax tree and what it asks for. */
export interface Checked {
  readonly tree: ASTNode;
  /** By node of the tree. */
  readonly paths: ReadonlyMap<ASTNode, Path>;
}

/** Far above what a person writes, far below what costs time. */
const limits = { maxAstNodes: 300, maxDepth: 40, maxListElements: 50, maxMapEntries: 0, maxCallArguments: 4 };
const maxLength = 4_000;

const allowed: ReadonlySet<string> = new Set(
  "value id . rcall call list ?: || && !_ -_ == != < <= > >= in + - * /".split(" "),
);
const functions: ReadonlySet<string> = new Set(["abs", "double"]);

const typeWords: Readonly<Record<string, string>> = {
  double: "a decimal number",
  int: "a whole number",
  bool: "true or false",
  string: "a text",
  null: "null",
};
const inWords = (type: string): string => typeWords[type] ?? type;

/** Mistakes that other languages teach, and what to write here; looked for where CEL stumbles. */
const slips: readonly (readonly [RegExp, string])[] = [
  [/\band\b/i, "write && instead of and"],
  [/\bor\b/i, "write || instead of or"],
  [/\bnot\b/i, "write ! instead of not"],
  [/%/, "write a share as a fraction: 30% is 0.3"],
  [/<>/, "write != instead of <>"],
  [/=>/, "write >= instead of =>"],
  [/=</, "write <= instead of =<"],
  [/===/, "write == instead of ==="],
  [/(^|[^=!<>])=([^=]|$)/, "write == instead of ="],
  [/(^|[^\w.])\.\d/, "write 0.5 instead of .5"],
  [/\d,\d/, "write a decimal point instead of a comma"],
];

/** CEL with the functions of conditions and no names. Costly to make; never changed after: checks register on copies. */
const language = new Environment({ limits })
  .registerFunction("abs(double): double", Math.abs)
  .registerFunction("abs(int): int", (x) => x);

function slipIn(source: string): string | undefined {
  const outsideQuotes = source.replaceAll(/"[^"]*"|'[^']*'/g, '""');
  return slips.find(([pattern]) => pattern.test(outsideQuotes))?.[1];
}

function fromParse(error: ParseError, source: string): ConditionProblem {
  const offset = Math.min(error.range?.start ?? 0, source.length);
  if (error.code === "limit_exceeded")
    return problem(offset, "the condition is too large", "split it over several rules");
  const found = /^\w*|^./su.exec(source.slice(offset))?.[0] || source.slice(offset, offset + 1);
  const message = found === "" ? "the condition ends too early" : `the condition cannot be read from "${found}" on`;
  return problem(offset, message, slipIn(source) ?? "conditions are CEL: drift.share >= 0.3 || rows > 1000");
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === "value" || isPathNode(node)) return [];
  if (node.op === "call") return node.args[1];
  return [node.args].flat().filter((one): one is ASTNode => typeof one === "object" && one !== null && "op" in one);
}

/** Every node of the tree from the top down; a path is one node. */
export function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesOf(child);
}

function refuse(node: ASTNode): ConditionProblem | undefined {
  const at = node.range.start;
  if (node.op === "call" && !functions.has(node.args[0]))
    return problem(at, `${node.args[0]}() cannot be used in conditions`, functionsHint);
  if (node.op === "value" && !["number", "bigint", "boolean"].includes(typeof node.args))
    return problem(at, "conditions compare numbers, and true with false", "texts stand only inside feature(…)");
  if (node.op === "in" && node.args[1].op !== "list")
    return problem(at, "expected a list in brackets after in", "rows in [100, 200]");
  return allowed.has(node.op) ? undefined : problem(at, `"${node.op}" cannot be used in conditions`);
}

/** Type of a checked number. */
function numberType(node: ASTNode, paths: ReadonlyMap<ASTNode, Path>): ValueType | undefined {
  if (isPathNode(node)) return paths.get(node)?.leaf.type;
  if (node.op === "value") return typeof node.args === "bigint" ? "int" : "double";
  if (node.op === "call" && node.args[0] === "double") return "double";
  const [first] = node.op === "?:" ? [node.args[1]] : childrenOf(node);
  return first === undefined ? undefined : numberType(first, paths);
}

/** Puts a name of equal length in place of each path, so that CEL's checker sees plain variables at the same offsets. */
function flatten(source: string, paths: readonly Path[]): { readonly text: string; readonly names: readonly string[] } {
  let text = source;
  const names = paths.map((path, index) => `v${index}`.padEnd(path.end - path.start, "_"));
  for (const [index, path] of paths.entries())
    text = text.slice(0, path.start) + (names[index] ?? "") + text.slice(path.end);
  return { text, names };
}

function literalHint(node: unknown): string | undefined {
  const sides = (node as ASTNode | undefined)?.args;
  if (!Array.isArray(sides)) return undefined;
  for (const side of sides as readonly ASTNode[]) {
    if (side?.op !== "value") continue;
    if (typeof side.args === "bigint") return `write ${side.args}.0`;
    if (typeof side.args === "number" && Number.isInteger(side.args)) return `write ${side.args}`;
  }
  return "write double(…) around the whole number";
}

function fromTypes(error: ParseError | CelTypeError): ConditionProblem {
  const offset = error.range?.start ?? 0;
  const [, left, operator, right] = /^no such overload: (\S+) (\S+) (\S+)$/.exec(error.summary) ?? [];
  if (left === undefined || operator === undefined || right === undefined)
    return problem(
      offset,
      `the parts do not fit together: ${error.summary}`,
      "compare numbers, and join with && or ||",
    );
  const kinds = `${inWords(left)} and ${inWords(right)}`;
  const mixed = new Set([left, right]);
  const hint =
    mixed.has("int") && mixed.has("double")
      ? literalHint(error.node)
      : mixed.has("bool")
        ? "a value that is true or false stands alone, or with ! before it"
        : undefined;
  return problem(offset, `${operator} cannot be used between ${kinds}`, hint);
}

function checkTypes(source: string, paths: readonly Path[]): readonly ConditionProblem[] {
  const flat = flatten(source, paths);
  const cel = language.clone();
  for (const [index, path] of paths.entries()) cel.registerVariable(flat.names[index] ?? "", path.leaf.type);
  const result = cel.check(flat.text);
  if (!result.valid) return result.error === undefined ? [] : [fromTypes(result.error)];
  if (result.type === "bool") return [];
  return [
    problem(
      0,
      `expected a condition that is true or false, got ${inWords(result.type ?? "something else")}`,
      "compare it with a number, such as drift.share >= 0.3",
    ),
  ];
}

/**
 * Parses a condition and checks it against what it may ask for. All unknown names are found at once; the types are
 * checked when there are none.
 */
export function checkCondition(
  source: string,
  vocabulary: Branch,
): Checked | { readonly problems: readonly ConditionProblem[] } {
  if (source.length > maxLength)
    return { problems: [problem(0, "the condition is too large", "split it over several rules")] };
  let tree: ASTNode;
  try {
    tree = language.parse(source).ast;
  } catch (error) {
    return { problems: [fromParse(error as ParseError, source)] };
  }
  const problems: ConditionProblem[] = [];
  const paths = new Map<ASTNode, Path>();
  for (const node of nodesOf(tree)) {
    const refused = refuse(node);
    if (refused !== undefined) problems.push(refused);
    if (!isPathNode(node)) continue;
    const path = resolvePath(node, vocabulary);
    if ("message" in path) problems.push(path);
    else paths.set(node, path);
  }
  if (problems.length > 0) return { problems };
  problems.push(...checkTypes(source, [...paths.values()]), ...checkDivisions(tree, paths));
  if (problems.length > 0) return { problems };
  if (paths.size === 0)
    return {
      problems: [problem(0, "the condition asks for nothing", "compare a value such as drift.share with a number")],
    };
  return { tree, paths };
}

/** CEL cuts the fraction off when whole numbers are divided; nobody means that here. */
function checkDivisions(tree: ASTNode, paths: ReadonlyMap<ASTNode, Path>): readonly ConditionProblem[] {
  return [...nodesOf(tree)]
    .filter((node) => node.op === "/" && numberType(node.args[0], paths) === "int")
    .map((node) =>
      problem(node.range.start, "dividing whole numbers would cut off the fraction", "write double(…) around them"),
    );
}
