import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { checkTokenName, hashSecret, isSecret, secretBytes, secretOf } from "../../../src/core/identity/token.ts";

const secret = secretOf(new Uint8Array(secretBytes).fill(0xfb));

test("a secret carries 256 bits after a prefix that people and scanners know", () => {
  expect(secret).toMatch(/^driftward_-_v7-_v7/);
  expect(secret).toHaveLength(10 + 43);
  expect(Buffer.from(secret.slice(10), "base64url")).toHaveLength(32);
  expect(isSecret(secret)).toBe(true);
});

test("only its sha256 is kept", () =>
  expect(hashSecret(secret)).toBe(createHash("sha256").update(secret, "utf8").digest("hex")));

test.each(["", "driftward_", secret.slice(0, -1), `${secret}x`, `${secret}\n`, ` ${secret}`, secret.replace("d", "D")])(
  "%p is no secret",
  (text) => expect(isSecret(text)).toBe(false),
);

test.each(["ada", "deploy-bot", "ada@example.com", "7", "a".repeat(100)])("%s is a name", (name) =>
  expect(() => checkTokenName(name)).not.toThrow(),
);

test.each(["", "-ada", "a b", "a".repeat(101), "ada\n", "<b>", "ünal"])("%p is no name", (name) =>
  expect(() => checkTokenName(name)).toThrow("expected a token's name"),
);
