import { describe, expect, test } from "@jest/globals";
import { createBullMqQueue } from "../../../src/adapters/bullmq/queue.ts";
import { describeQueue } from "../../conformance/queue.ts";
import { startPostgresQueueServer, startRedisQueueServer } from "../../support/queue-servers.ts";
import { recordingLogger } from "../../support/recording-logger.ts";
import { startRedis } from "../../support/redis-server.ts";
import { waitFor } from "../../support/wait-for.ts";

describeQueue("PostgreSQL", startPostgresQueueServer);
describeQueue("Redis", startRedisQueueServer);

const nowhere = { redis: { url: "unix:///nonexistent/redis" } };
const task = { id: "1", kind: "check", subject: "x", epoch: 0 } as const;

describe("a server that is not there", () => {
  test.each([
    ["Redis", nowhere],
    ["PostgreSQL", { postgres: { connection: { host: "/nonexistent", user: "driftward", database: "driftward" } } }],
  ])("%s: add and work say so in time, and close returns", async (_, backend) => {
    const queue = createBullMqQueue({ backend, prefix: "x", logger: recordingLogger(), answerMs: 500 });
    await expect(queue.add("checks", "ob-1-1", task)).rejects.toMatchObject({ code: "StateUnavailable" });
    const options = { concurrency: 1, lockMs: 1_000, stalledEveryMs: 1_000 };
    await expect(queue.work("checks", options, async () => undefined)).rejects.toMatchObject({
      code: "StateUnavailable",
    });
    await queue.close();
  });
});

describe("the settings of Redis", () => {
  const warnings = async (settings: Readonly<Record<string, string>>): Promise<readonly unknown[]> => {
    const redis = await startRedis(settings);
    const logger = recordingLogger();
    const queue = createBullMqQueue({ backend: { redis: { url: redis.url } }, prefix: "x", logger });
    await queue.add("checks", "ob-1-1", task);
    const expected = Object.keys(settings).length;
    if (expected > 0) await waitFor("warnings", () => logger.lines.length >= expected);
    await queue.close();
    await redis.stop();
    return logger.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields.setting);
  };
  test("safe ones pass without a word", async () => {
    expect(await warnings({})).toEqual([]);
  });
  test("ones that forget jobs are warned of", async () => {
    const told = await warnings({ appendonly: "no", "maxmemory-policy": "allkeys-lru" });
    expect(told).toEqual(["appendonly no", "maxmemory-policy allkeys-lru"]);
  });
});

test("refuses a prefix that would break keys", () => {
  const open = () => createBullMqQueue({ backend: nowhere, prefix: "a:b", logger: recordingLogger() });
  expect(open).toThrow(/expected a queue prefix.*a:b/);
});
