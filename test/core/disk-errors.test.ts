import { expect, test } from "@jest/globals";
import { diskError } from "../../src/core/disk-errors.ts";

const systemError = (code: string) =>
  Object.assign(new Error(`${code}: it failed, open '/data/x'`), { code, syscall: "open" });

test.each([
  ["ENOSPC", "free disk space"],
  ["EDQUOT", "quota"],
  ["EROFS", "writable"],
  ["EACCES", "owner"],
  ["EMFILE", "ulimit"],
])("%s is told with its mend and can be tried again", (code, hint) => {
  const cause = systemError(code);
  expect(diskError(cause)).toMatchObject({
    code: "StateUnavailable",
    message: expect.stringContaining("/data/x"),
    hint: expect.stringContaining(hint),
    retryable: true,
    cause,
  });
});

test.each([
  ["a fault", new Error("no such property")],
  ["an error of PostgreSQL", Object.assign(new Error("no"), { code: "23505" })],
  ["another one of the system", systemError("ENOENT")],
  ["no error at all", "ENOSPC"],
])("%s is not the disk's", (_, error) => {
  expect(diskError(error)).toBeUndefined();
});
