import type { ASTNode } from "@marcbachmann/cel-js";

/** A value of a condition; undefined is "not known", as in Kleene's logic. */
export type Value = number | boolean | undefined;

/** Gives the value of a path node; undefined when it is absent. */
export type Lookup = (node: ASTNode) => Value;

/** A number that stands for something; NaN (0/0, ∞ − ∞) is not known. */
const known = (value: number): Value => (Number.isNaN(value) ? undefined : value);

function compare(operator: string, left: Value, right: Value): Value {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    default:
      return left >= right;
  }
}

function calculate(operator: string, left: Value, right: Value): Value {
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  switch (operator) {
    case "+":
      return known(left + right);
    case "-":
      return known(left - right);
    case "*":
      return known(left * right);
    default:
      return known(left / right);
  }
}

/** `||` when `decisive` is true, `&&` when it is false: one decisive side decides, whatever the other is. */
function logical(decisive: boolean, left: Value, right: Value): Value {
  if (left === decisive || right === decisive) return decisive;
  return left === undefined || right === undefined ? undefined : !decisive;
}

function isIn(value: Value, list: ASTNode, lookup: Lookup): Value {
  const items = list.op === "list" ? list.args.map((item) => conditionValue(item, lookup)) : [];
  return items.map((item) => compare("==", value, item)).reduce((sofar, one) => logical(true, sofar, one), false);
}

function call(name: string, argument: Value): Value {
  if (typeof argument !== "number") return undefined;
  return name === "abs" ? Math.abs(argument) : argument;
}

/**
 * Value of a checked condition, or of a part of it. What is absent stays unknown through every operator, unless the
 * other side of `||` or `&&` decides alone: the outcome then is the same whatever the absent value would have been.
 */
export function conditionValue(node: ASTNode, lookup: Lookup): Value {
  switch (node.op) {
    case "value":
      return typeof node.args === "bigint" ? Number(node.args) : (node.args as number | boolean);
    case "id":
    case ".":
    case "rcall":
      return lookup(node);
    case "||":
    case "&&":
      return logical(node.op === "||", conditionValue(node.args[0], lookup), conditionValue(node.args[1], lookup));
    case "!_": {
      const value = conditionValue(node.args, lookup);
      return value === undefined ? undefined : !value;
    }
    case "-_": {
      const value = conditionValue(node.args, lookup);
      return typeof value === "number" ? -value : undefined;
    }
    case "?:": {
      const chosen = conditionValue(node.args[0], lookup);
      return chosen === undefined ? undefined : conditionValue(node.args[chosen ? 1 : 2], lookup);
    }
    case "call": {
      const [argument] = node.args[1];
      return argument === undefined ? undefined : call(node.args[0], conditionValue(argument, lookup));
    }
    case "in":
      return isIn(conditionValue(node.args[0], lookup), node.args[1], lookup);
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compare(node.op, conditionValue(node.args[0], lookup), conditionValue(node.args[1], lookup));
    case "+":
    case "-":
    case "*":
    case "/":
      return calculate(node.op, conditionValue(node.args[0], lookup), conditionValue(node.args[1], lookup));
    default:
      return undefined;
  }
}
