import { expect, test } from "@jest/globals";
import { serverAddress } from "../../src/core/server-address.ts";

test.each([
  ["DATABASE_URL", "postgres://user:word@host:5432/name"],
  ["DATABASE_URL", "postgresql://host/name?sslmode=require"],
  ["DATABASE_URL", "/var/run/postgresql driftward"],
  ["REDIS_URL", "redis://127.0.0.1:6379"],
  ["REDIS_URL", "rediss://:word@host:6380/2"],
  ["REDIS_URL", "/run/redis.sock"],
] as const)("%s may be %s", (name, value) => {
  expect(serverAddress(name, value)).toBe(value);
});

test.each([
  ["DATABASE_URL", "mysql://me:secret@host/name", "database_url"],
  ["DATABASE_URL", "host:5432", "database_url"],
  ["DATABASE_URL", "postgres://", "database_url"],
  ["REDIS_URL", "rediss://", "redis_url"],
  ["REDIS_URL", "localhost:6379", "redis_url"],
  ["REDIS_URL", "http://me:secret@host", "redis_url"],
] as const)("%s may not be %s, and what it holds is not told", (name, value, key) => {
  const refused = expect.objectContaining({
    code: "InvalidConfig",
    message: expect.stringMatching(new RegExp(`^expected an address such as \\w+://[^ ]+, ${name} is none$`)),
    hint: `mend ${name} in the environment, or ${key} in driftward.yaml`,
  });
  expect(() => serverAddress(name, value)).toThrow(refused);
});
