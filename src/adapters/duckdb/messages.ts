import type { ErrorCode } from "../../core/errors.ts";
import type { CountEngine } from "../../ports/count-engine.ts";

/** What the child can be asked: the port's methods, by name. */
export type Method = Exclude<keyof CountEngine, "close" | "countEncoded" | "countInOrder">;

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly request: unknown;
}

/** An error as it crosses from the child to its parent. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

export type Reply = {
  readonly id: number;
  /** Resident memory of the child in bytes, after the request. */
  readonly memory: number;
} & ({ readonly value: unknown } | { readonly error: ErrorMessage });
