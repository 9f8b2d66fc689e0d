import type { ASTNode } from "@marcbachmann/cel-js";
import { type Checked, nodesOf } from "./condition-check.ts";
import type { ConditionProblem, Path } from "./condition-paths.ts";

/** The same comparison with its sides exchanged. */
export const flipped: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==" };

/** The number that a node is. */
export function literal(node: ASTNode): number | undefined {
  if (node.op === "-_") {
    const inner = literal(node.args);
    return inner === undefined ? undefined : -inner;
  }
  if (node.op !== "value") return undefined;
  if (typeof node.args === "bigint") return Number(node.args);
  return typeof node.args === "number" ? node.args : undefined;
}

/** Whether a value between `least` and `most` compares so always, never, or sometimes. */
function certainty(operator: string, limit: number, least: number, most: number): boolean | undefined {
  const table: Readonly<Record<string, readonly [always: boolean, never: boolean]>> = {
    "<": [most < limit, least >= limit],
    "<=": [most <= limit, least > limit],
    ">": [least > limit, most <= limit],
    ">=": [least >= limit, most < limit],
    "==": [least === limit && most === limit, limit < least || limit > most],
  };
  const [always, never] = table[operator] ?? [false, false];
  return always ? true : never ? false : undefined;
}

function describeRange({ leaf, text }: Path): string {
  if (leaf.most === undefined) return `${text} is at least ${leaf.least ?? 0}`;
  return leaf.least === undefined
    ? `${text} is at most ${leaf.most}`
    : `${text} is between ${leaf.least} and ${leaf.most}`;
}

function judge(node: ASTNode, path: Path, operator: string, limit: number): ConditionProblem | undefined {
  const { least, most } = path.leaf;
  if (least === undefined && most === undefined) return undefined;
  const sure = certainty(operator, limit, least ?? Number.NEGATIVE_INFINITY, most ?? Number.POSITIVE_INFINITY);
  if (sure === undefined) return undefined;
  const looksLikePercent = path.leaf.type === "double" && most === 1 && limit > 1 && limit <= 100;
  return {
    offset: node.range.start,
    message: `this comparison ${sure ? "always" : "can never"} hold${sure ? "s" : ""}: ${describeRange(path)}`,
    hint: looksLikePercent ? `write ${limit}% as ${limit / 100}` : "compare with a number between its ends",
    severity: sure ? "hint" : "error",
  };
}

/** Comparisons of a value with a number that it can never reach (errors), or that always hold (hints). */
export function constantComparisons({ tree, paths }: Checked): readonly ConditionProblem[] {
  const found: ConditionProblem[] = [];
  for (const node of nodesOf(tree)) {
    if (!Object.hasOwn(flipped, node.op)) continue;
    const [left, right] = node.args as [ASTNode, ASTNode];
    const [path, limit, operator] =
      paths.get(left) === undefined
        ? [paths.get(right), literal(left), flipped[node.op] ?? node.op]
        : [paths.get(left), literal(right), node.op];
    if (path === undefined || limit === undefined) continue;
    const one = judge(node, path, operator, limit);
    if (one !== undefined) found.push(one);
  }
  return found;
}
