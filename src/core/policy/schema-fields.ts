import { z } from "zod";
import { DriftwardError } from "../errors.ts";
import { hasControlCharacter } from "../prediction/column-names.ts";
import { millisecondsPer, parseDuration, parseRate, parseShare } from "../units.ts";

/*
 * Kinds of fields of a policy file. The `error` of each says what is expected, as the end of "expected …": the reader
 * of issues adds what was found. Defaults are `prefault`s, so that they are written, shown and read as a person does.
 */

const longest = 3_650 * millisecondsPer.d;

/** Runs a parser of core/units.ts; what it throws becomes the issue. */
export function parsed<Input extends string | number, Output>(
  parse: (text: Input) => Output,
  check: (value: Output) => string | undefined,
  hint: (text: Input) => string | undefined,
): (text: Input, context: z.core.ParsePayload<unknown>) => Output {
  return (text, context) => {
    try {
      const value = parse(text);
      const wrong = check(value);
      if (wrong === undefined) return value;
      context.issues.push({ code: "custom", message: `${wrong}, got ${JSON.stringify(text)}`, input: text });
    } catch (error) {
      if (!(error instanceof DriftwardError)) throw error;
      const next = hint(text);
      const params = next === undefined ? {} : { params: { hint: next } };
      context.issues.push({ code: "custom", message: error.message, input: text, ...params });
    }
    return z.NEVER;
  };
}

/** `24 hours` is meant as 24h, `1 month` as 30d: m alone is a minute. */
function spelledOut(text: string): string | undefined {
  const [, count, span] = /^\s*(\d+)\s*(month|mo|quarter|y)[a-z]*\s*$/i.exec(text) ?? [];
  const days = { month: 30, mo: 30, quarter: 91, y: 365 }[span?.toLowerCase() ?? ""];
  if (days !== undefined) return `write ${Number(count) * days}d`;
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([smhdw])[a-z]*\s*$/i.exec(text) ?? [];
  return amount === undefined || unit === undefined ? undefined : `write ${amount}${unit.toLowerCase()}`;
}

/** 5 is meant as 5%. */
function percent(text: string | number): string | undefined {
  const value = Number(text);
  return value > 1 && value <= 100 ? `write ${value}%` : undefined;
}

/** A duration as written, milliseconds as read. */
export function duration(description: string, least: "0s" | "1s" | "1m" = "1s") {
  const leastMs = parseDuration(least);
  const check = (value: number): string | undefined => {
    if (value < leastMs) return `expected at least ${least}`;
    if (value > longest) return "expected at most 3650d";
    return Number.isSafeInteger(value) ? undefined : "expected a whole number of milliseconds";
  };
  return z
    .string({ error: "a duration such as 10m, 24h or 30d" })
    .transform(parsed(parseDuration, check, spelledOut))
    .meta({ description, pattern: "^\\d+(\\.\\d+)?[smhdw]$" });
}

/** `5%`, `5pp` or 0.05 as written, a fraction as read. */
export function share(description: string) {
  return z
    .union([z.string(), z.number()], { error: "a share such as 5% or 0.05" })
    .transform(
      parsed(
        (text: string | number) => parseShare(text),
        () => undefined,
        percent,
      ),
    )
    .meta({ description, examples: ["5%", 0.05] });
}

/** `4 per 30d`. */
export function rate(description: string) {
  const check = (value: { count: number; perMs: number }) =>
    value.perMs > 0 && value.perMs <= longest && value.count <= 1_000_000
      ? undefined
      : "expected a rate over a span above 0 and at most 3650d";
  return z
    .string({ error: 'a rate such as "1 per 30d"' })
    .transform(parsed(parseRate, check, () => undefined))
    .meta({ description, pattern: "^\\s*\\d+(\\.\\d+)?\\s+per\\s+\\d+(\\.\\d+)?[smhdw]\\s*$" });
}

/** A name that is shown, stored and looked up: no control characters, no blank ends. */
export function name(what: string, longestName = 200) {
  const error = `${what} of 1 to ${longestName} characters`;
  return z
    .string({ error })
    .min(1, { error })
    .max(longestName, { error })
    .refine((text) => !hasControlCharacter(text) && text === text.trim(), {
      error: `${what} without control characters or blank ends`,
    });
}

export function list<Item extends z.ZodType>(item: Item, what: string, most = 500) {
  return z.array(item, { error: `a list of ${what}` }).max(most, { error: `at most ${most} ${what}` });
}

export function wholeNumber(description: string, least = 0) {
  const error = `a whole number of at least ${least}`;
  return z
    .number({ error })
    .int({ error })
    .min(least, { error })
    .max(1_000_000_000, { error: "a whole number of at most 1000000000" })
    .meta({ description });
}

export function oneOf<const Words extends readonly string[]>(...words: Words) {
  return z.enum(words, { error: words.length === 1 ? `"${words[0]}"` : `one of ${words.join(", ")}` });
}

export function section<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  return z
    .strictObject(shape, { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "a section of keys") })
    .describe(description);
}

/** CEL text: only its length is looked at here. */
export function condition(description: string) {
  const error = "a condition as text, such as drift.share >= 0.3";
  return z
    .string({ error })
    .min(1, { error })
    .max(4_000, { error: "a condition of at most 4000 characters" })
    .describe(description);
}
