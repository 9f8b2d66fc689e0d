/** Every code a user can meet, with what it means; docs/errors.md lists the same codes (test/docs.test.ts). */
export const errorCodes = {
  InvalidInput: "a value given to Driftward cannot be used as it is",
  InvalidPolicy: "a policy file says something that cannot be carried out",
  InvalidConfig: "driftward.yaml or the environment says something that cannot be used",
  InvalidData: "a data file cannot be read or lacks what is needed",
  NotFound: "the named model, version, incident, run or file does not exist",
  Conflict: "what was asked contradicts what is already recorded",
  Refused: "a rule of the policy or of Driftward forbids what was asked",
  NotAllowed: "who asks has no valid token, or one whose role or models do not allow it",
  StateUnavailable: "PostgreSQL, the queue, the disk or a container daemon cannot be reached, started or used",
  SourceUnavailable: "a repository of policies cannot be reached or fetched",
  EngineFailed: "the counting engine stopped or ran out of its limits",
  TrainerFailed: "a training program failed or delivered something unusable",
  DeliveryFailed: "a mail or webhook could not be delivered",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** Codes that may succeed when tried again without any change by a person. */
const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  "StateUnavailable",
  "SourceUnavailable",
  "EngineFailed",
  "DeliveryFailed",
]);

/** Where in a person's file an error is; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * An error that the person or program who called can mend.
 *
 * `message` says what was expected and what was found; `hint` is the next step; `place` is where.
 */
export class DriftwardError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;

  constructor(code: ErrorCode, message: string, more: { hint?: string; place?: Place; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "DriftwardError";
    this.code = code;
    this.hint = more.hint;
    this.place = more.place;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return retryableCodes.has(this.code);
  }
}

/** `file:line:column` as editors and terminals understand it. */
export function formatPlace(place: Place): string {
  return [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
}
