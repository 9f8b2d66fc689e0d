import { isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { DriftwardError, formatPlace, type Place } from "./errors.ts";
import { suggestName } from "./nearest-name.ts";

interface Mistake {
  readonly place: Place;
  readonly message: string;
  readonly hint?: string | undefined;
}

type Path = readonly (string | number)[];

/**
 * Reads an operator's YAML file by a schema.
 *
 * @param text  the file's text; an empty one has no keys
 * @param file  how messages call it
 * @throws InvalidConfig with every mistake at its line and column, and the nearest right name of an unknown key
 */
export function readSettingsFile<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return line === 0 ? { file, line: 1, column: 1 } : { file, line, column: col };
  };
  const syntax = document.errors.map((error) => ({ place: at(error.pos[0]), message: `not YAML: ${error.message}` }));
  if (syntax.length > 0) throw refusal(syntax);
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const locate = (path: Path): Place => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return at(0);
  };
  throw refusal(parsed.error.issues.flatMap((issue) => explain(issue, schema, locate)));
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType, locate: (path: Path) => Place): readonly Mistake[] {
  const path = issue.path.filter((step): step is string | number => typeof step !== "symbol");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      place: locate([...path, key]),
      message: `unknown key "${[...path, key].join(".")}"`,
      hint: suggestName(key, keysOf(path.reduce<readonly z.core.$ZodType[]>(below, [schema]))),
    }));
  const said = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [{ place: locate(path), message: `${path.join(".") || "the file"}: ${said.replace(/^Invalid input: /, "")}` }];
}

/** The schemas that may hold at a path: without what wraps them, every side of a union. */
function bare(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return bare(schema.def.innerType);
  if (schema instanceof z.ZodPipe)
    return bare(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in);
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap(bare);
  return [schema];
}

function below(schemas: readonly z.core.$ZodType[], step: string | number): readonly z.core.$ZodType[] {
  return schemas.flatMap(bare).flatMap((schema) => {
    if (schema instanceof z.ZodArray) return [schema.element];
    if (schema instanceof z.ZodRecord) return [schema.valueType];
    const child = schema instanceof z.ZodObject ? schema.shape[step] : undefined;
    return child === undefined ? [] : [child];
  });
}

function keysOf(schemas: readonly z.core.$ZodType[]): readonly string[] {
  const sections = schemas.flatMap(bare).filter((schema) => schema instanceof z.ZodObject);
  return [...new Set(sections.flatMap((section) => Object.keys(section.shape)))];
}

function refusal(mistakes: readonly Mistake[]): DriftwardError {
  const [first, ...others] = mistakes;
  const { place, message, hint } = first ?? { place: { file: "" }, message: "it cannot be used" };
  const rest = others.map(
    (one) => `\n      ${formatPlace(one.place)}: ${one.message}${one.hint === undefined ? "" : ` (${one.hint})`}`,
  );
  return new DriftwardError("InvalidConfig", `${message}${rest.join("")}`, {
    place,
    hint: hint ?? "mend or leave out what is named; the README shows what can be set",
  });
}
