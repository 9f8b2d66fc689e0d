import type { ASTNode } from "@marcbachmann/cel-js";
import { type Checked, nodesOf } from "./condition-check.ts";
import { type ConditionProblem, isPathNode, type Path } from "./condition-paths.ts";
import { flipped, literal } from "./condition-sense.ts";

/** What one part of an `&&` asks of a value: a number on one side of it, or true and false. */
interface Ask {
  /** Values that are ordered by their nature share a family: lower ≤ value ≤ upper. */
  readonly family: string;
  readonly rank: number;
  readonly text: string;
  readonly least: number;
  readonly most: number;
}

const ranks: Readonly<Record<string, number>> = { lower: 0, value: 1, upper: 2 };
const anything = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

function nameOf(path: Path): Pick<Ask, "family" | "rank" | "text"> {
  const last = path.steps.at(-1);
  const rank = last !== undefined && "word" in last ? ranks[last.word] : undefined;
  const family = rank === undefined ? path.text : path.text.slice(0, path.text.lastIndexOf("."));
  return { family, rank: rank ?? 0, text: path.text };
}

/** The next number of the value's type beyond a limit, for comparisons that exclude it. */
function beyond(limit: number, path: Path, up: boolean): number {
  if (path.leaf.type === "int") return up ? Math.floor(limit) + 1 : Math.ceil(limit) - 1;
  // Doubles have no next number worth naming: any small step tells `> x` from `<= x`.
  const step = Math.max(Math.abs(limit), 1e-300) * Number.EPSILON;
  return up ? limit + step : limit - step;
}

function comparison(node: ASTNode, { paths }: Checked): Ask | undefined {
  if (!Object.hasOwn(flipped, node.op)) return undefined;
  const [left, right] = node.args as [ASTNode, ASTNode];
  const isLeft = paths.has(left);
  const [path, limit] = isLeft ? [paths.get(left), literal(right)] : [paths.get(right), literal(left)];
  if (path === undefined || limit === undefined) return undefined;
  const operator = isLeft ? node.op : flipped[node.op];
  const named = nameOf(path);
  switch (operator) {
    case "<":
      return { ...named, ...anything, most: beyond(limit, path, false) };
    case "<=":
      return { ...named, ...anything, most: limit };
    case ">":
      return { ...named, ...anything, least: beyond(limit, path, true) };
    case ">=":
      return { ...named, ...anything, least: limit };
    default:
      return { ...named, least: limit, most: limit };
  }
}

function truth(node: ASTNode, { paths }: Checked): Ask | undefined {
  const inner = node.op === "!_" ? node.args : node;
  const path = isPathNode(inner) ? paths.get(inner) : undefined;
  if (path?.leaf.type !== "bool") return undefined;
  const wanted = node.op === "!_" ? 0 : 1;
  return { ...nameOf(path), least: wanted, most: wanted };
}

/** Parts of an `&&` and of the ones inside it. */
function parts(node: ASTNode): readonly ASTNode[] {
  return node.op === "&&" ? (node.args as readonly ASTNode[]).flatMap(parts) : [node];
}

function contradict(one: Ask, other: Ask): boolean {
  if (one.family !== other.family) return false;
  const [low, high] = one.rank <= other.rank ? [one, other] : [other, one];
  return low.least > high.most || (low.rank === high.rank && high.least > low.most);
}

/** Parts of an `&&` that cannot hold at once, such as `drift.share > 0.5 && drift.share < 0.2`. */
export function contradictions(checked: Checked): readonly ConditionProblem[] {
  const seen = new Set<ASTNode>();
  const found: ConditionProblem[] = [];
  for (const node of nodesOf(checked.tree)) {
    if (node.op !== "&&" || seen.has(node)) continue;
    for (const inner of nodesOf(node)) if (inner.op === "&&") seen.add(inner);
    const asks = parts(node).flatMap((part) => comparison(part, checked) ?? truth(part, checked) ?? []);
    const pair = asks.flatMap((one, index) => {
      const other = asks.slice(index + 1).find((later) => contradict(one, later));
      return other === undefined ? [] : [[one, other] as const];
    })[0];
    if (pair === undefined) continue;
    const names = pair[0].text === pair[1].text ? pair[0].text : `${pair[0].text} and ${pair[1].text}`;
    found.push({
      offset: node.range.start,
      message: `these parts can never hold at once: what they ask of ${names} excludes each other`,
      hint: "join them with || instead of &&, or change one",
      severity: "error",
    });
  }
  return found;
}
