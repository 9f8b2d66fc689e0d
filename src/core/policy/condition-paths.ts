import type { ASTNode } from "@marcbachmann/cel-js";
import { suggestName } from "../nearest-name.ts";
import type { Branch, Leaf, Word } from "./vocabulary.ts";

/** A mistake in a condition; `offset` counts UTF-16 units from the condition's first. */
export interface ConditionProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
  readonly severity: "error" | "hint";
}

/** A step of a path: a word, or `feature("name")`. */
export type Step = { readonly word: string } | { readonly feature: string };

/** What a condition asks for, such as `drift.feature("income").psi`. */
export interface Path {
  readonly text: string;
  readonly steps: readonly Step[];
  readonly leaf: Leaf;
  readonly start: number;
  readonly end: number;
}

/** What to say about every other function. */
export const functionsHint = 'only feature("name"), abs(x) and double(x) can';

interface Placed {
  readonly step: Step;
  readonly offset: number;
}

export function problem(offset: number, message: string, hint?: string): ConditionProblem {
  return { offset, message, severity: "error", ...(hint === undefined ? {} : { hint }) };
}

/** Whether a node is (the end of) a path: a name, a field, or a call on a path. */
export function isPathNode(node: ASTNode): boolean {
  return node.op === "id" || node.op === "." || node.op === "rcall";
}

function stepsOf(node: ASTNode): readonly Placed[] | ConditionProblem {
  if (node.op === "id") return [{ step: { word: node.args }, offset: node.range.start }];
  if (node.op !== "." && node.op !== "rcall")
    return problem(node.range.start, "expected a name such as drift.share before a point");
  if (node.op === "rcall" && node.args[0] !== "feature")
    return problem(node.args[1].range.end + 1, `${node.args[0]}() cannot be used in conditions`, functionsHint);
  const inner = node.op === "." ? node.args[0] : node.args[1];
  const before = stepsOf(inner);
  if ("message" in before) return before;
  if (node.op === ".") {
    const word = node.args[1];
    return [...before, { step: { word }, offset: node.range.end - word.length }];
  }
  return addCall(node, before);
}

function addCall(node: ASTNode & { op: "rcall" }, before: readonly Placed[]): readonly Placed[] | ConditionProblem {
  const [, receiver, given] = node.args;
  const [first] = given;
  if (given.length !== 1 || first?.op !== "value" || typeof first.args !== "string")
    return problem(first?.range.start ?? receiver.range.end + 1, 'expected one name in quotes: feature("income")');
  return [...before, { step: { feature: first.args }, offset: first.range.start }];
}

function describe(step: Step): string {
  return "word" in step ? step.word : `feature(${JSON.stringify(step.feature)})`;
}

function enter(branch: Branch, { step, offset }: Placed, sofar: string): Word | ConditionProblem {
  const inside = sofar === "" ? "" : ` in ${sofar}`;
  if ("feature" in step) {
    if (branch.feature === undefined) return problem(offset, `there is no feature(…)${inside}`, words(branch));
    const found = branch.feature(step.feature);
    return found.kind === "refusal" ? problem(offset, found.message, found.hint) : found;
  }
  if (Object.hasOwn(branch.children, step.word)) {
    const child = branch.children[step.word];
    if (child !== undefined) return child;
  }
  const refused =
    branch.refused !== undefined && Object.hasOwn(branch.refused, step.word) ? branch.refused[step.word] : undefined;
  if (refused !== undefined) return problem(offset, refused.message, refused.hint);
  return problem(offset, `there is no "${step.word}"${inside}`, suggestName(step.word, wordsOf(branch)));
}

function wordsOf(branch: Branch): readonly string[] {
  return [...Object.keys(branch.children), ...(branch.feature === undefined ? [] : ['feature("…")'])];
}

function words(branch: Branch): string {
  return `known here: ${wordsOf(branch).join(", ")}`;
}

/** Looks a path up in what conditions may ask for. */
export function resolvePath(node: ASTNode, vocabulary: Branch): Path | ConditionProblem {
  const placed = stepsOf(node);
  if ("message" in placed) return placed;
  let word: Word = vocabulary;
  let text = "";
  for (const one of placed) {
    if (word.kind === "leaf") return problem(one.offset, `${text} is a value: nothing can follow it`);
    const next = enter(word, one, text);
    if ("message" in next) return next;
    word = next;
    text += `${text === "" ? "" : "."}${describe(one.step)}`;
  }
  if (word.kind === "branch") return problem(node.range.end, `expected a value after ${text}`, words(word));
  return { text, steps: placed.map(({ step }) => step), leaf: word, start: node.range.start, end: node.range.end };
}
