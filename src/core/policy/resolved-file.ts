import { z } from "zod";
import type { Place } from "../errors.ts";
import type { SourceFile } from "./bundle.ts";
import { readPolicy } from "./parse-policy.ts";
import type { PolicyProblem } from "./problem.ts";
import { policySchema } from "./schema.ts";
import type { KeyPath, YamlFile } from "./yaml-file.ts";

/** Where a value of a policy is from: its own file, its folder's `defaults.yaml`, or what Driftward takes otherwise. */
export type Origin =
  | { readonly from: "policy" | "defaults"; readonly place: Place }
  | { readonly from: "default"; readonly place?: never };

/** A policy as it is in force, as written: every key that has a value, with where the value is from. */
export type ResolvedNode =
  | { readonly kind: "value"; readonly value: unknown; readonly origin: Origin }
  | { readonly kind: "section"; readonly entries: readonly (readonly [key: string, node: ResolvedNode])[] }
  | { readonly kind: "list"; readonly items: readonly ResolvedNode[] };

/** One value of a resolved policy: `path` as in `drift.floor` and `rules[0].when`. */
export interface ResolvedValue {
  readonly path: string;
  readonly value: unknown;
  readonly origin: Origin;
}

/** Files that may hold a value, the first before the second; none: the value is a default. */
type Files = readonly { readonly from: "policy" | "defaults"; readonly file: YamlFile }[];

type Values = Readonly<Record<string, unknown>>;

function isSection(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional ? unwrap(schema.def.innerType) : schema;
}

/** Files that hold something at a path. What is in a list comes from the file that holds the list. */
function holders(files: Files, path: KeyPath): Files {
  return files.filter(({ file }) => file.placeOf(path) !== undefined);
}

function originAt(files: Files, path: KeyPath): Origin {
  const [holder] = holders(files, path);
  const place = holder?.file.placeOf(path);
  return holder === undefined || place === undefined ? { from: "default" } : { from: holder.from, place };
}

function sectionNode(schema: z.ZodObject, value: Values, path: KeyPath, files: Files): ResolvedNode {
  const entries: [string, ResolvedNode][] = [];
  for (const [key, field] of Object.entries(schema.shape as Readonly<Record<string, z.core.$ZodType>>)) {
    const below = [...path, key];
    if (Object.hasOwn(value, key)) entries.push([key, nodeOf(field, value[key], below, files)]);
    else if (field instanceof z.ZodPrefault) entries.push([key, nodeOf(field, field.def.defaultValue, below, [])]);
  }
  return { kind: "section", entries };
}

function nodeOf(wrapped: z.core.$ZodType, value: unknown, path: KeyPath, files: Files): ResolvedNode {
  const schema = unwrap(wrapped);
  if (schema instanceof z.ZodObject && isSection(value)) return sectionNode(schema, value, path, files);
  if (schema instanceof z.ZodRecord && isSection(value) && Object.keys(value).length > 0) {
    const entry = (key: string) => nodeOf(schema.valueType, value[key], [...path, key], files);
    return { kind: "section", entries: Object.keys(value).map((key) => [key, entry(key)]) };
  }
  if (schema instanceof z.ZodArray && Array.isArray(value) && value.length > 0 && value.every(isSection)) {
    const { element } = schema;
    const from = holders(files, path).slice(0, 1);
    return { kind: "list", items: value.map((item, index) => nodeOf(element, item, [...path, index], from)) };
  }
  return { kind: "value", value, origin: originAt(files, path) };
}

/**
 * A policy with every default filled in, in the notation of the file, each value with where it is from. One that is for
 * one model of `for_each` names that model.
 *
 * @param source  a policy file, or the text of a revision
 */
export function resolveFile(
  source: string,
  file: string,
  defaults?: SourceFile,
): { readonly resolved: ResolvedNode } | { readonly problems: readonly PolicyProblem[] } {
  const read = readPolicy(source, file, defaults);
  if ("problems" in read) return read;
  const files: Files = [
    { from: "policy", file: read.own },
    ...(read.shared === undefined ? [] : [{ from: "defaults" as const, file: read.shared }]),
  ];
  // `schedule` is one thing: the policy's own replaces the shared one whole.
  const top = nodeOf(policySchema, read.value, [], files);
  const [model, ...others] = read.models;
  if (top.kind !== "section" || model === undefined || others.length > 0) return { resolved: top };
  const named: ResolvedNode = { kind: "value", value: model.name, origin: originAt(files, model.path) };
  const entries = top.entries.filter(([key]) => key !== "for_each");
  return {
    resolved: { kind: "section", entries: entries.map(([key, node]) => [key, key === "model" ? named : node]) },
  };
}

/** Every value of a resolved policy in order. */
export function resolvedValues(node: ResolvedNode, path = ""): readonly ResolvedValue[] {
  if (node.kind === "value") return [{ path, value: node.value, origin: node.origin }];
  if (node.kind === "list") return node.items.flatMap((item, index) => resolvedValues(item, `${path}[${index}]`));
  return node.entries.flatMap(([key, child]) => resolvedValues(child, path === "" ? key : `${path}.${key}`));
}

/** A resolved policy as plain values: what its file would hold, were everything written out. */
export function plainValues(node: ResolvedNode): unknown {
  if (node.kind === "value") return node.value;
  if (node.kind === "list") return node.items.map(plainValues);
  return Object.fromEntries(node.entries.map(([key, child]) => [key, plainValues(child)]));
}
