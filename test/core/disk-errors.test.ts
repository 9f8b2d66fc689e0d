import { expect, test } from "@jest/globals";
import { diskError } from "../../src/core/disk-errors.ts";

const systemError = (code: string, syscall = "open", path = "/data/x") =>
  Object.assign(new Error(`${code}: it failed, ${syscall} '${path}'`), { code, syscall, path });

const isOfData = (path: string) => path.startsWith("/data/");

test.each([
  ["ENOSPC", "free disk space"],
  ["EDQUOT", "quota"],
  ["EROFS", "writable"],
  ["EACCES", "owner"],
  ["EMFILE", "ulimit"],
])("%s is told with its mend and can be tried again", (code, hint) => {
  const cause = systemError(code);
  expect(diskError(cause, isOfData)).toMatchObject({
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
  ["a program that may not be started", systemError("EACCES", "spawn /data/x")],
  ["a socket that may not be used", systemError("EACCES", "connect")],
  ["a port that may not be listened at", systemError("EACCES", "listen")],
  ["no error at all", "ENOSPC"],
])("%s is not the disk's", (_, error) => {
  expect(diskError(error, isOfData)).toBeUndefined();
});

test.each(["EACCES", "EPERM", "EROFS"])("%s names the data directory only for what is in it", (code) => {
  expect(diskError(systemError(code), isOfData)?.hint).toContain("`data`");
  expect(diskError(systemError(code, "open", "/etc/x"), isOfData)?.hint).not.toContain("`data`");
  const nowhere = Object.assign(new Error(code), { code, syscall: "write" });
  expect(diskError(nowhere, isOfData)?.hint).toContain("`data`");
});
