import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createLogger } from "../../src/adapters/logger.ts";

let folder = "";
let serial = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dw-log-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function logTo(level: "debug" | "warn", write: (log: ReturnType<typeof createLogger>) => void): string {
  const file = join(folder, `deep/${serial++}.log`);
  write(createLogger({ level, file }));
  expect(statSync(file).mode & 0o077).toBe(0);
  return readFileSync(file, "utf8");
}

test("writes a JSON line before the call returns, with time, level and fields", () => {
  const line = JSON.parse(logTo("debug", (log) => log.info({ model: "churn" }, "checked")));
  expect(line).toMatchObject({ level: "info", model: "churn", msg: "checked" });
  expect(new Date(line.time).toISOString()).toBe(line.time);
});
test("writes nothing below its level", () => {
  expect(logTo("warn", (log) => log.info({}, "checked"))).toBe("");
});
test("an error comes with its code, message, cause and stack", () => {
  const error = Object.assign(new Error("no answer", { cause: new Error("refused") }), { code: "StateUnavailable" });
  const line = JSON.parse(logTo("debug", (log) => log.error({ error }, "failed")));
  expect(line.error).toMatchObject({ code: "StateUnavailable" });
  expect(line.error.message).toMatch(/no answer.*refused/);
  expect(line.error.stack).toMatch(/logger\.test/);
});
test("secrets are not written: by field at three depths, nor in any URL", () => {
  const secret = "hunter2";
  const text = logTo("debug", (log) => {
    log.info({ password: secret, smtp: { password: secret, auth: { token: secret } } }, "opened");
    log.info({ headers: { authorization: `Bearer ${secret}` } }, `at redis://default:${secret}@cache:6379/0`);
    log.info({ url: `postgres://me:${secret}@db/x` }, "ok");
    log.error({ error: new Error(`connect to amqp://me:p@${secret}@host/x failed`) }, "failed");
  });
  expect(text).not.toContain(secret);
  expect(text).toContain("redis://[redacted]@cache:6379/0");
  expect(
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toHaveLength(4);
});
test("an address without credentials stays readable", () => {
  expect(logTo("debug", (log) => log.info({ url: "http://host:80/a" }, "ask me@example.com"))).toContain(
    "http://host:80/a",
  );
});
