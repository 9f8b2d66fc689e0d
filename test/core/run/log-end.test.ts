import { expect, test } from "@jest/globals";
import { logEnd } from "../../../src/core/run/log-end.ts";

test("shows the last twenty lines that say something, each of 300 characters at most", () => {
  const lines = Array.from({ length: 40 }, (_, i) => (i % 4 === 3 ? "  " : `line ${i}`));
  const shown = logEnd([...lines, `${"😀".repeat(200)}`]);
  expect(shown).toHaveLength(20);
  expect(shown.at(-2)).toBe("line 38");
  expect(shown.at(-1)?.length).toBeLessThanOrEqual(300);
  expect(shown.at(-1)?.isWellFormed()).toBe(true);
  expect(logEnd(["", " "])).toEqual([]);
});

test.each([
  ["connecting to postgres://ada:hunter2@db.example.com/x", "connecting to postgres://[redacted]@db.example.com/x"],
  ["Authorization: Bearer abcdefghijklmnop.qrstuv", "Authorization: Bearer [redacted]"],
  ["DB_PASSWORD=hunter2 failed", "DB_PASSWORD=[redacted] failed"],
  ['{"api_key": "hunter2", "rows": 3}', '{"api_key": [redacted], "rows": 3}'],
  ["https://x.example.com/?token=hunter2&rows=3", "https://x.example.com/?token=[redacted]&rows=3"],
  ["using AKIAABCDEFGHIJKLMNOP", "using [redacted]"],
  [`pushed with ghp_${"a".repeat(36)}`, "pushed with [redacted]"],
  [`jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${"a".repeat(20)}`, "jwt [redacted]"],
  ["roc_auc 0.81, token count low", "roc_auc 0.81, token count low"],
])("%s", (line, shown) => expect(logEnd([line])).toEqual([shown]));

test("a private key goes whole, even where its beginning was printed before", () => {
  const key = ["-----BEGIN RSA PRIVATE KEY-----", "MIIsecret", "morekey", "-----END RSA PRIVATE KEY-----"];
  expect(logEnd(["a", ...key, "b"]).join(" ")).toBe("a [redacted] b");
  expect(logEnd([`${"Ab3+".repeat(16)}`, "b"])).toEqual(["[redacted]", "b"]);
});

test("no line takes long, whatever it holds", () => {
  const began = performance.now();
  for (const part of ["a", "=", "token", "://", "-", "'", '"', "secret=", "eyJ"]) logEnd([part.repeat(200_000)]);
  expect(performance.now() - began).toBeLessThan(20_000);
});
