import { describe, expect, test } from "@jest/globals";
import { isTransient, toStateError } from "../../../src/adapters/postgres/errors.ts";
import { DriftwardError } from "../../../src/core/errors.ts";

const failure = (code: string | undefined, message = "it failed") =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe("an error of pg becomes one that a caller can act on", () => {
  test.each([
    ...["ECONNREFUSED", "ENOENT", "ECONNRESET", "08006", "53300", "57P01", "57P03", "25P03"].map((code) => [
      code,
      "StateUnavailable",
    ]),
    ...["28P01", "28000", "3D000", "3F000", "42501"].map((code) => [code, "InvalidConfig"]),
    ["23505", "Conflict"],
    ["23514", "InvalidInput"],
  ])("%s is %s", (code, expected) => {
    const cause = failure(code);
    expect(toStateError(cause)).toMatchObject({ code: expected, cause });
  });

  test.each([
    "Connection terminated unexpectedly",
    "timeout exceeded when trying to connect",
    "Client has encountered a connection error and is not queryable",
  ])("%s is StateUnavailable, with a next step", (message) => {
    const told = toStateError(failure(undefined, message));
    expect(told).toMatchObject({ code: "StateUnavailable", hint: expect.stringContaining("DATABASE_URL") });
    expect((told as DriftwardError).retryable).toBe(true);
  });

  test("a bug stays what it is", () => {
    for (const bug of [
      failure("42703"),
      failure(undefined, "x is not a function"),
      new DriftwardError("Refused", "no"),
      "text",
    ])
      expect(toStateError(bug)).toBe(bug);
  });
});

test.each([
  ["40001", true],
  ["40P01", true],
  ["23505", false],
])("%s is worth another attempt: %p", (code, expected) => expect(isTransient(failure(code))).toBe(expected));
