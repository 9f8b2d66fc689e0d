import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { QueueBackend } from "../../src/adapters/bullmq/carrier.ts";
import type { WorkersOptions } from "../../workers/main.ts";
import {
  makeFolder,
  removeFolders,
  saidBy,
  serverPid,
  startMember,
  stopAll,
} from "../adapters/embedded-postgres/servers.ts";
import { type Child, startChild } from "../support/child.ts";
import { openTestPostgres, type TestPostgres } from "../support/open-test-postgres.ts";
import { openTestState, type TestState } from "../support/open-test-state.ts";
import { type RedisServer, startRedis } from "../support/redis-server.ts";
import { pause, waitFor } from "../support/wait-for.ts";

const kinds = ["check", "count", "notify", "run"];
const short = { lockMs: 500, stalledEveryMs: 250 };
const options: WorkersOptions = {
  leaseMs: 1_000,
  pollMs: 100,
  tickEveryMs: 500,
  queues: { data: short, checks: short, runs: short, notices: short },
};

let redis: RedisServer;
let server: TestPostgres;
let state: TestState;
let children: Child[] = [];
let serial = 0;

beforeAll(async () => {
  [redis, server] = await Promise.all([startRedis(), openTestPostgres()]);
});
afterAll(async () => {
  await Promise.all([redis?.stop(), server?.release()]);
});
beforeEach(async () => {
  state = await openTestState({ connection: server.connection });
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  children = [];
  await state.close();
});

interface Pauses {
  readonly before?: number;
  readonly inside?: number;
}
type Spawn = (pauses?: Pauses) => Child;

/** Makes processes that share one queue, on Redis or on the state's own PostgreSQL. */
function processes(carrier: string, { connection, schema }: Pick<TestState, "connection" | "schema"> = state): Spawn {
  const backend: QueueBackend =
    carrier === "Redis" ? { redis: { url: redis.url } } : { postgres: { connection: connection as string } };
  const prefix = `x${process.pid}-${serial++}`;
  return (pauses) => {
    const argument = { connection, schema, backend, prefix, options, pauses };
    const child = startChild(new URL("./crashing-worker.ts", import.meta.url), argument);
    children.push(child);
    return child;
  };
}
const countTask = (subject: string) => ({ key: `${subject}-count`, kind: "count", subject }) as const;
const ask = (subjects: readonly string[]) => state.transaction((tx) => tx.outbox.add(subjects.map(countTask)));
const isAllDone = async () => (await state.outbox.openCount(new Date())) === 0;

/** Each chain left one mark for each of its steps: none is lost, none is there twice. */
async function expectOneMarkEach(subjects: readonly string[]): Promise<void> {
  expectMarks(await state.records.list(0, 10_000), subjects);
}

function expectMarks(records: Awaited<ReturnType<TestState["records"]["list"]>>, subjects: readonly string[]): void {
  const marks = records.map(({ kind, subject }) => `${subject} ${kind}`).sort();
  expect(marks).toEqual(subjects.flatMap((subject) => kinds.map((kind) => `${subject} ${kind}`)).sort());
}

/** Park and Miller's generator: which moments are tried is the same in every run. */
function randomFrom(seed: number): () => number {
  let value = seed;
  return () => {
    value = (value * 48_271) % 2_147_483_647;
    return value / 2_147_483_647;
  };
}

describe.each(["PostgreSQL", "Redis"])("tasks carried by %s", (carrier) => {
  test("each takes effect once, though their process is killed again and again", async () => {
    const spawn = processes(carrier);
    const random = randomFrom(carrier.length);
    const subjects = Array.from({ length: 60 }, (_, n) => `chain-${n}`);
    let kills = 0;
    for (let round = 0; round < 6; round += 1) {
      await ask(subjects.slice(round * 10, round * 10 + 10));
      const child = spawn({ before: 40, inside: 5 });
      await child.line("ready");
      await pause(40 + random() * 260);
      await child.kill();
      kills += 1;
      if (carrier === "Redis" && round % 2 === 1) await redis.client.flushall();
    }
    expect(await isAllDone()).toBe(false);
    const last = spawn();
    await waitFor("every task to be done", isAllDone, 60_000);
    await expectOneMarkEach(subjects);
    expect(kills).toBe(6);
    expect(last.lines.filter((line) => line.startsWith("gave up"))).toEqual([]);
  });

  test.each<[string, Pauses, string]>([
    ["before its effect", { before: 700 }, "start a count"],
    ["inside its effect's transaction", { inside: 700 }, "inside a"],
  ])("a process stopped %s, past lock and lease, takes no effect a second time", async (_, pauses, line) => {
    const spawn = processes(carrier);
    const stopped = spawn(pauses);
    await stopped.line("ready");
    await ask(["a"]);
    await stopped.line(line);
    stopped.signal("SIGSTOP");
    const other = spawn();
    await other.line("ready");
    if (pauses.before !== undefined) await other.line("took a count", 60_000);
    else await pause(2_500);
    stopped.signal("SIGCONT");
    await waitFor("every task to be done", isAllDone);
    await stopped.line(pauses.before === undefined ? "took a count" : "left a count");
    await expectOneMarkEach(["a"]);
  });

  test("SIGTERM: work in hand ends, the rest stays for the next process", async () => {
    const spawn = processes(carrier);
    const child = spawn({ before: 400 });
    await child.line("ready");
    const subjects = Array.from({ length: 8 }, (_, n) => `chain-${n}`);
    await ask(subjects);
    await child.line("start");
    child.signal("SIGTERM");
    await child.line("(ended)");
    expect(child.process.exitCode).toBe(0);
    const count = (word: string) => child.lines.filter((line) => line.startsWith(word)).length;
    expect(count("start")).toBeGreaterThan(0);
    expect(count("took")).toBe(count("start"));
    expect(await isAllDone()).toBe(false);
    spawn();
    await waitFor("every task to be done", isAllDone);
    await expectOneMarkEach(subjects);
  });
});

test("an emptied Redis heals: what it forgot is sent again", async () => {
  const spawn = processes("Redis");
  const subjects = Array.from({ length: 12 }, (_, n) => `chain-${n}`);
  await ask(subjects);
  const child = spawn({ before: 100 });
  await child.line("took");
  for (let n = 0; n < 5; n += 1) {
    await redis.client.flushall();
    await pause(150);
  }
  await waitFor("every task to be done", isAllDone, 60_000);
  await expectOneMarkEach(subjects);
});
test.each([0, 2_000])("a Redis that dies and comes back %d ms later heals", async (awayMs) => {
  const spawn = processes("Redis");
  const subjects = Array.from({ length: 6 }, (_, n) => `chain-${n}`);
  const child = spawn({ before: 100 });
  await child.line("ready");
  await ask(subjects);
  await child.line("start");
  await redis.restart(awayMs);
  await waitFor("every task to be done", isAllDone, 60_000);
  await expectOneMarkEach(subjects);
});

describe("a PostgreSQL that is away for longer than lock and lease", () => {
  let own: TestState | undefined;
  let keeper: Child | undefined;
  afterEach(async () => {
    await own?.close();
    keeper?.signal("SIGTERM");
    await keeper?.line("left");
    await stopAll();
    await removeFolders();
  });

  test.each(["PostgreSQL", "Redis"])("tasks carried by %s go on when it is back, each once", async (carrier) => {
    const dataDirectory = await makeFolder();
    const first = startMember({ dataDirectory });
    const { connection, dataFolder } = await saidBy(first, "up");
    own = await openTestState({ connection });
    const { schema, transaction, outbox, records } = own;
    const spawn = processes(carrier, { connection, schema });
    const child = spawn({ before: 150 });
    await child.line("ready");
    const subjects = ["a", "b", "c"];
    await transaction((tx) => tx.outbox.add(subjects.map(countTask)));
    await child.line("start");
    // Nobody is left who would start it again.
    await first.kill();
    process.kill((await serverPid(dataFolder)) ?? Number.NaN, "SIGKILL");
    await pause(2_000);
    expect(child.process.exitCode).toBeNull();
    keeper = startMember({ dataDirectory });
    await saidBy(keeper, "up");
    const isDone = () =>
      outbox.openCount(new Date()).then(
        (open) => open === 0,
        () => false,
      );
    await waitFor("every task to be done", isDone, 60_000);
    expectMarks(await records.list(0, 10_000), subjects);
    child.signal("SIGTERM");
    await child.line("drained");
  });
});
