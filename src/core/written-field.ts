import { z } from "zod";

/** A field in a person's notation (`24h`, `4GiB`), read by a parser of units.ts; what it throws becomes the issue. */
export function written(parse: (text: string) => number) {
  return z.string().transform((text, context) => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
}
