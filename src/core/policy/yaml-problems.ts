import type { YAMLError } from "yaml";

/** Most syntax errors of one file that are told: one slip often causes many. */
export const mostSyntaxProblems = 20;

export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

const quote = "put the whole value in quotes";

function lineAt(source: string, offset: number): string {
  return source.slice(offset).split(/\r?\n/, 1)[0] ?? "";
}

/** A syntax error of the YAML library in Driftward's words. */
export function explainSyntax(error: YAMLError, source: string): SyntaxProblem {
  const [offset] = error.pos;
  const rest = lineAt(source, offset);
  switch (error.code) {
    case "DUPLICATE_KEY": {
      const key = /^[^:\s]*/.exec(rest)?.[0] ?? "";
      return { offset, message: `key "${key}" is there twice`, hint: "keep one of them" };
    }
    case "TAB_AS_INDENT":
      return { offset, message: "a tab cannot indent", hint: "indent with spaces" };
    case "MULTIPLE_DOCS":
      return {
        offset,
        message: "expected one policy in a file, got several documents",
        hint: "one file for each model",
      };
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
      return {
        offset,
        message: "a second colon in one line cannot be read",
        hint: `${quote}, or put the key on its own line`,
      };
    case "TAG_RESOLVE_FAILED":
      return {
        offset,
        message: `"${rest.split(/\s/, 1)[0]}" reads as a YAML tag`,
        hint: `${quote} when it begins with !`,
      };
    case "MISSING_CHAR":
    case "BAD_INDENT":
      return {
        offset,
        message: `the file cannot be read here: ${error.message}`,
        hint: "close what was opened above, and line up its keys",
      };
    case "BAD_SCALAR_START":
    case "UNEXPECTED_TOKEN":
      return { offset, message: error.message, hint: quote };
    default:
      return { offset, message: error.message };
  }
}
