import { sep } from "node:path";
import { diskError } from "../core/disk-errors.ts";
import { DriftwardError, type ErrorCode, formatPlace } from "../core/errors.ts";
import { type CliContext, type ExitCode, exitCodes } from "./context.ts";

const wrongUse: ReadonlySet<ErrorCode> = new Set([
  "InvalidInput",
  "InvalidPolicy",
  "InvalidConfig",
  "NotFound",
  "Conflict",
  "NotAllowed",
]);

/** Says what went wrong, where, and what to do next; sets the exit code. */
export function reportError(context: CliContext, thrown: unknown, json: boolean): void {
  const data = context.dataDirectory?.();
  const isOfData = (path: string) => data !== undefined && (path === data || path.startsWith(`${data}${sep}`));
  const error = diskError(thrown, isOfData) ?? thrown;
  if (!(error instanceof DriftwardError)) {
    context.err(
      `${context.colors.red("error")} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    context.err("This is a fault in Driftward. Nothing that was acknowledged is lost.\n");
    context.setExitCode(exitCodes.couldNotRun);
    return;
  }
  context.setExitCode(exitCodeOf(error.code));
  if (json) {
    const { code, message, hint, place } = error;
    context.out(`${JSON.stringify({ schema: "driftward/error/v1", code, message, hint, place })}\n`);
    return;
  }
  // Messages about a whole file begin with its name already.
  const told = error.place === undefined || error.message.startsWith(`${error.place.file}:`);
  const where = error.place === undefined || told ? "" : `${formatPlace(error.place)}: `;
  context.err(`${context.colors.red("error")} ${where}${error.message} (${error.code})\n`);
  if (error.hint !== undefined) context.err(`${context.colors.cyan("next ")} ${error.hint}\n`);
}

/** How the program ends with an error of this code; docs/errors.md shows the same. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  return wrongUse.has(code) ? exitCodes.wrongUse : exitCodes.couldNotRun;
}
