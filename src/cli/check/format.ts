import { writeFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import { DriftwardError } from "../../core/errors.ts";
import type { CliContext } from "../context.ts";

const formats = ["table", "json", "junit", "markdown", "html"] as const;

export type Format = (typeof formats)[number];

export interface FormatOptions {
  readonly format?: Format;
  readonly json?: true;
  readonly junit?: true;
  readonly markdown?: true;
  readonly html?: true;
  readonly out?: string;
}

/** How a result reads in each format. */
export type Faces = Readonly<Record<Format, () => string>>;

export function addFormatOptions(command: Command): Command {
  return command
    .addOption(new Option("--format <format>", "how to show it").choices(formats))
    .option("--json", "the same as --format json: one object of schema driftward/check/v1")
    .option("--junit", "the same as --format junit: a test case a feature, for CI")
    .option("--markdown", "the same as --format markdown: for a comment on a pull request")
    .option("--html", "the same as --format html: one page that stands alone")
    .option("--out <file>", "write it to a file, and the table here");
}

/**
 * The format that was asked for.
 *
 * @throws InvalidInput when two were
 */
export function formatOf(options: FormatOptions): Format {
  const short = formats.filter((format) => format !== "table" && options[format] === true);
  const asked = new Set([...(options.format === undefined ? [] : [options.format]), ...short]);
  if (asked.size > 1)
    throw new DriftwardError("InvalidInput", `expected one format, got ${[...asked].join(" and ")}`, {
      hint: "run it once for each, with --out",
    });
  const [format = "table"] = asked;
  return format;
}

/** Prints a result, or writes it to the file that was named and prints the table. */
export async function show(context: CliContext, options: FormatOptions, faces: Faces): Promise<void> {
  const format = formatOf(options);
  if (options.out === undefined) {
    context.out(ended(faces[format]()));
    return;
  }
  try {
    await writeFile(options.out, ended(faces[format]()));
  } catch (error) {
    throw new DriftwardError("InvalidInput", `expected to write ${options.out}: ${(error as Error).message}`, {
      hint: "name a file in a folder that is there and may be written",
    });
  }
  if (format !== "table") context.out(ended(faces.table()));
}

function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
