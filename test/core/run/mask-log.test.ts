import { expect, test } from "@jest/globals";
import { maskLog } from "../../../src/core/run/mask-log.ts";

test.each([
  ["token driftward_n7VfwJfpncySZAD0XweadzjoQ4wDjBfvEQon744-Dsw used", "token [secret] used"],
  ["key AKIAIOSFODNN7EXAMPLE", "key [secret]"],
  ["ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[secret]"],
  ["Authorization: Bearer abc.def-123456", "Authorization: Bearer [secret]"],
  ["postgres://me:hunter22@db.example.com/x", "postgres://me:[secret]@db.example.com/x"],
  ["DB_PASSWORD=hunter22 next", "DB_PASSWORD=[secret] next"],
  ['{"api_key": "abcdef123", "n": 4}', '{"api_key": [secret], "n": 4}'],
])("%s", (line, expected) => expect(maskLog(line)).toBe(expected));

test.each(["epoch 3: loss 0.123, 1,204 tokens", "https://example.com/a:b", "read 5406 rows by key", "tokens: 12"])(
  "%s is left as it is",
  (line) => expect(maskLog(line)).toBe(line),
);
