import { stringify } from "yaml";
import { formatPlace } from "../core/errors.ts";
import type { Origin, ResolvedNode } from "../core/policy/resolved-file.ts";
import { visibleText } from "./plain-text.ts";

/** A line of YAML and what stands behind it as a comment. */
interface Line {
  readonly text: string;
  readonly from?: Origin;
}

const widest = 60;

/** Values in one line; a text of several lines is written with escapes. */
function inline(value: unknown): string {
  if (typeof value === "string" && /[\n\r]/.test(value)) return JSON.stringify(value);
  const options = { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: false } as const;
  const text = stringify(value, options).trimEnd();
  return text.includes("\n") ? JSON.stringify(value) : text;
}

/** A text of several lines as a block, where YAML would read the same again. */
function block(key: string, value: string, indent: string, from: Origin): readonly Line[] | undefined {
  const lines = value.replace(/\n$/, "").split("\n");
  if (lines.length < 2 || lines.some((line) => line.trim() === "" || line !== line.trimEnd()) || /^\s/.test(value))
    return undefined;
  const head = { text: `${indent}${key}: ${value.endsWith("\n") ? "|" : "|-"}`, from };
  return value.includes("\r") ? undefined : [head, ...lines.map((line) => ({ text: `${indent}  ${line}` }))];
}

function entryLines(key: string, node: ResolvedNode, indent: string): readonly Line[] {
  const name = inline(key);
  if (node.kind === "value") {
    const asBlock = typeof node.value === "string" ? block(name, node.value, indent, node.origin) : undefined;
    return asBlock ?? [{ text: `${indent}${name}: ${inline(node.value)}`, from: node.origin }];
  }
  if (node.kind === "section" && node.entries.length === 0) return [{ text: `${indent}${name}: {}` }];
  return [{ text: `${indent}${name}:` }, ...linesOf(node, `${indent}  `)];
}

function linesOf(node: ResolvedNode, indent: string): readonly Line[] {
  if (node.kind === "section") return node.entries.flatMap(([key, child]) => entryLines(key, child, indent));
  if (node.kind === "value") return [{ text: `${indent}${inline(node.value)}`, from: node.origin }];
  return node.items.flatMap((item) => {
    const [first, ...others] = linesOf(item, `${indent}  `);
    return first === undefined
      ? [{ text: `${indent}- {}` }]
      : [{ ...first, text: `${indent}- ${first.text.slice(indent.length + 2)}` }, ...others];
  });
}

function comment(from: Origin): string {
  return from.from === "default" ? "default" : visibleText(formatPlace({ ...from.place }).replace(/:\d+$/, ""));
}

/**
 * A resolved policy as YAML that can be read again, each value followed by where it is from: `policies/churn.yaml:12`,
 * `policies/defaults.yaml:4`, or `default`.
 */
export function resolvedPolicyAsYaml(node: ResolvedNode): string {
  const lines = linesOf(node, "");
  const width = Math.min(widest, Math.max(...lines.filter(({ from }) => from).map(({ text }) => text.length)));
  return lines
    .map(({ text, from }) => (from === undefined ? text : `${text.padEnd(width)}  # ${comment(from)}`))
    .join("\n");
}
