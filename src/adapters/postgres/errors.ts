import { isNativeError } from "node:util/types";
import { DriftwardError } from "../../core/errors.ts";

function codeOf(error: unknown): string {
  return isNativeError(error) && "code" in error ? String(error.code) : "";
}

const systemCodes: ReadonlySet<string> = new Set(
  "ECONNREFUSED ECONNRESET ENOENT EPIPE ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH".split(" "),
);

/** What pg says itself, without a code, when a connection breaks or none comes in time. */
const lostConnection =
  /connection terminated|terminated unexpectedly|timeout expired|timeout exceeded when trying to connect|not queryable|closed the connection|cannot use a pool after calling end/i;

/** Classes of PostgreSQL's codes: 08 connection, 53 resources, 57P0x shutdown and start, 25P03/57P05 session timeouts. */
const lostState = /^(08...|53...|57P0\d|25P03)$/;

function unavailable(cause: Error): DriftwardError {
  return new DriftwardError("StateUnavailable", `expected an answer from PostgreSQL, got "${cause.message}"`, {
    hint: "see that PostgreSQL runs and can be reached (by DATABASE_URL, if it is set), then try again",
    cause,
  });
}

function misconfigured(cause: Error): DriftwardError {
  return new DriftwardError("InvalidConfig", `expected PostgreSQL to let Driftward in, got "${cause.message}"`, {
    hint: "correct the user, password or database in DATABASE_URL; the user must be able to create schemas in it",
    cause,
  });
}

/** An error of pg as the one a caller can act on; errors that are bugs stay what they are. */
export function toStateError(error: unknown): unknown {
  if (!isNativeError(error) || error instanceof DriftwardError) return error;
  const code = codeOf(error);
  if (systemCodes.has(code) || lostState.test(code)) return unavailable(error);
  if (code === "" && lostConnection.test(error.message)) return unavailable(error);
  if (["28P01", "28000", "3D000", "3F000", "42501"].includes(code)) return misconfigured(error);
  const cause = error;
  if (code === "23505") return new DriftwardError("Conflict", `expected a new row, got "${error.message}"`, { cause });
  if (code === "23514")
    return new DriftwardError("InvalidInput", `expected a row that keeps the rules, got "${error.message}"`, { cause });
  return error;
}

/** Errors after which the same transaction may succeed: serialization failure, deadlock. */
export function isTransient(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error));
}
