import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import type { Place } from "../errors.ts";
import { errorAt, type PolicyProblem } from "./problem.ts";
import { scalarOffsets } from "./scalar-offsets.ts";
import { explainSyntax, mostSyntaxProblems } from "./yaml-problems.ts";

/** Keys and indices from the top of a file. */
export type KeyPath = readonly (string | number)[];

/** A YAML file as plain values, with the place of everything in it. */
export interface YamlFile {
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Place of the value at a path, or of its key; undefined when the file has nothing there. */
  placeOf(path: KeyPath, of?: "key" | "value"): Place | undefined;
  /** Place of a character of the text at a path. */
  placeInText(path: KeyPath, offset: number): Place | undefined;
}

const mostBytes = 256 * 1024;
const mostLevels = 12;
const tooDeep = ["the file nests too deeply", "a policy is at most five levels deep"] as const;
/** Tags of plain YAML values; every other tag would make a value of another kind. */
const plainTags: ReadonlySet<string> = new Set(
  ["map", "seq", "str", "int", "float", "bool", "null"].map((kind) => `tag:yaml.org,2002:${kind}`),
);

interface Reading {
  readonly problems: PolicyProblem[];
  readonly at: (offset: number) => Place;
}

function placer(file: string, lines: LineCounter): (offset: number) => Place {
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? { file, line: 1, column: 1 } : { file, line, column: col };
  };
}

const startOf = (node: unknown): number => (node as Node | undefined)?.range?.[0] ?? 0;

function refusal(node: Node, level: number): readonly [message: string, hint: string] | undefined {
  if (isAlias(node)) return ["aliases (*) are not read", "write the value out, or share it through defaults.yaml"];
  if (level > mostLevels) return tooDeep;
  if ("tag" in node && node.tag !== undefined && !plainTags.has(node.tag))
    return [`the tag ${node.tag} is not read`, "write the value without a tag"];
  return undefined;
}

function keyOf(pair: Pair, reading: Reading): string | undefined {
  const { key } = pair;
  const at = reading.at(startOf(key));
  if (!isScalar(key) || typeof key.value !== "string") {
    reading.problems.push(errorAt(at, "expected a key that is a plain text", "put it in quotes"));
    return undefined;
  }
  if (key.value !== "__proto__") return key.value;
  reading.problems.push(errorAt(at, 'unknown key "__proto__"', "remove it"));
  return undefined;
}

function plainValue(node: unknown, level: number, reading: Reading): unknown {
  if (node === null || node === undefined) return null;
  const wrong = refusal(node as Node, level);
  if (wrong !== undefined) {
    // Of a bomb's thousands the first is enough.
    if (!reading.problems.some((one) => one.message === wrong[0]))
      reading.problems.push(errorAt(reading.at(startOf(node)), ...wrong));
    return null;
  }
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plainValue(item, level + 1, reading));
  if (!isMap(node)) return null;
  const entries: [string, unknown][] = [];
  for (const pair of node.items) {
    const key = keyOf(pair, reading);
    if (key !== undefined) entries.push([key, plainValue(pair.value, level + 1, reading)]);
  }
  return Object.fromEntries(entries);
}

/** The key and the value at a path; undefined when the file has nothing there. */
function find(document: Document, path: KeyPath): { readonly key: unknown; readonly value: unknown } | undefined {
  let key: unknown;
  let node: unknown = document.contents;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((one) => isScalar(one.key) && one.key.value === step);
      if (pair === undefined) return undefined;
      key = pair.key;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number" && step < node.items.length) {
      key = node.items[step];
      node = node.items[step];
    } else return undefined;
  }
  return { key: key ?? node, value: node };
}

/** Offset of a control character, or of one that makes text read in another order than it is stored. */
function strangeCharacter(source: string): number | undefined {
  const found = source.search(/(?![\t\n\r])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u);
  return found < 0 ? undefined : found;
}

function view(
  file: string,
  source: string,
  document: Document,
  value: unknown,
  at: (offset: number) => Place,
): YamlFile {
  return {
    file,
    value: value as Readonly<Record<string, unknown>>,
    placeOf(path, of = "value") {
      const found = find(document, path);
      if (found === undefined) return undefined;
      const node = of === "value" && (found.value as Node | null)?.range ? found.value : found.key;
      return at(startOf(node));
    },
    placeInText(path, offset) {
      const node = find(document, path)?.value;
      if (!isScalar(node) || typeof node.value !== "string") return undefined;
      return at(scalarOffsets(source, startOf(node), node.value)[offset] ?? startOf(node));
    },
  };
}

/**
 * Reads the one YAML document of a file as plain values. Aliases, tags, directives, keys that are no text, control
 * characters, deep nesting and more than 256 KiB are refused; never throws for what a file says.
 */
export function readYaml(text: string, file: string): YamlFile | { readonly problems: readonly PolicyProblem[] } {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const top = { file, line: 1, column: 1 };
  const fail = (...problems: readonly PolicyProblem[]) => ({ problems });
  if (new TextEncoder().encode(source).length > mostBytes)
    return fail(errorAt(top, "expected at most 256 KiB", "split it: one file for each model"));
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    version: "1.2",
    schema: "core",
    logLevel: "error",
  });
  const at = placer(file, lines);
  const strange = strangeCharacter(source);
  if (source.includes("\uFFFD"))
    return fail(errorAt(at(source.indexOf("\uFFFD")), "expected UTF-8, got something else", "save the file as UTF-8"));
  if (strange !== undefined) return fail(errorAt(at(strange), "a control character cannot be read", "remove it"));
  const errors = [...document.errors, ...document.warnings];
  // Where the parser's stack ended says nothing of the file.
  if (errors.some((error) => error.code === "RESOURCE_EXHAUSTION")) return fail(errorAt(top, ...tooDeep));
  const syntax = errors.map((error) => explainSyntax(error, source));
  if (syntax.length > 0)
    return fail(...syntax.slice(0, mostSyntaxProblems).map((one) => errorAt(at(one.offset), one.message, one.hint)));
  if (document.directives?.yaml.explicit === true)
    return fail(errorAt(top, "directives (%YAML) are not read", "remove the line"));
  if (document.contents === null)
    return fail(errorAt(top, "the file is empty", "see policies/examples for a beginning"));
  const reading: Reading = { problems: [], at };
  const value = plainValue(document.contents, 0, reading);
  if (reading.problems.length > 0) return fail(...reading.problems);
  if (!isMap(document.contents))
    return fail(
      errorAt(at(startOf(document.contents)), "expected a mapping of keys", "begin with apiVersion: driftward/v1"),
    );
  return view(file, source, document, value, at);
}
