import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { seededRandom } from "../../src/core/metrics/seeded-random.ts";
import { startRedis } from "../support/redis-server.ts";
import { pause, waitFor } from "../support/wait-for.ts";
import { demoArguments, type FinalState, ofDemo, withData, withoutGaps } from "./demo.ts";
import { lookInside, readMails } from "./insides.ts";
import { killRunning, makeFolder, type Program, processesOf, startProgram } from "./program.ts";

/** Random moments come from here: printed, so that a failure can be had again (`DRIFTWARD_TEST_SEED=…`). */
const seed = Number(process.env.DRIFTWARD_TEST_SEED ?? Date.now() % 1_000_000);
const limitMs = 900_000;

/** When to strike: so many ms after a start, after a day was reached, or after a training was seen. */
type Moment =
  | { readonly after: "start"; readonly ms: number }
  | { readonly after: "day"; readonly day: string; readonly ms: number }
  | { readonly after: "training"; readonly ms: number };

/** A place where a demo lives, with what its state and queue are told by. */
interface Home {
  readonly name: string;
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

async function openHome(name: string, back: "postgres" | "redis"): Promise<Home> {
  const folder = makeFolder(name);
  const redis = back === "redis" ? await startRedis() : undefined;
  const env: Home["env"] = redis === undefined ? {} : { REDIS_URL: redis.url };
  return {
    ...{ name, data: folder.path, env },
    close: async () => {
      await redis?.stop();
      folder.remove();
    },
  };
}

const startDemo = ({ data, env }: Home) => startProgram(demoArguments(data), { env });

async function end(program: Program): Promise<FinalState> {
  const { code, signal, stdout, stderr } = await program.ended;
  if (code !== 0) throw new Error(`the demo ended with ${code ?? signal}:\n${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

const clockOf = ({ data }: Home): string =>
  existsSync(join(data, "clock")) ? readFileSync(join(data, "clock"), "utf8").slice(0, 10) : "";
const hasTrained = ({ data }: Home): boolean =>
  existsSync(join(data, "attempts")) && readdirSync(join(data, "attempts")).length > 0;

/** Waits for a condition while the program runs; false when it ended before. */
async function waitWhileRunning(program: Program, what: string, holds: () => boolean): Promise<boolean> {
  await waitFor(what, () => holds() || program.isOver(), limitMs);
  return !program.isOver();
}

interface Moments {
  /** While the demo is made and its history is counted, and on its days. */
  readonly days: readonly Moment[];
  /** While a candidate is trained and judged; they go before the days that are left once a training was seen. */
  readonly trainings: readonly Moment[];
}

function chooseMoments(random: () => number): Moments {
  const between = (from: number, to: number) => Math.floor(from + random() * (to - from));
  const starts = Array.from({ length: 4 }, (): Moment => ({ after: "start", ms: between(0, 7_000) }));
  const days = Array.from({ length: 13 }, () => Date.UTC(2011, 10, 2 + between(0, 100)))
    .sort((a, b) => a - b)
    .map((day): Moment => ({ after: "day", day: new Date(day).toISOString().slice(0, 10), ms: between(0, 400) }));
  const trainings = Array.from({ length: 3 }, (): Moment => ({ after: "training", ms: between(0, 2_000) }));
  return { days: [...starts, ...days], trainings };
}

/** Runs a demo and kills it with -9 at each of the moments, then lets it come to its end. */
async function liveThroughKills(home: Home, moments: Moments): Promise<{ state: FinalState; kills: number }> {
  const [days, trainings] = [[...moments.days], [...moments.trainings]];
  for (let kills = 0; ; kills += 1) {
    const program = startDemo(home);
    if (days.length + trainings.length === 0) return { state: await end(program), kills };
    const struck = await untilMoment(home, program, days, trainings);
    if (program.isOver()) throw new Error(`the demo was over before ${JSON.stringify(struck)}: ${program.stderr()}`);
    program.process.kill("SIGKILL");
    await program.ended;
  }
}

/** Waits for the next moment and takes it from its list. */
async function untilMoment(home: Home, program: Program, days: Moment[], trainings: Moment[]): Promise<Moment> {
  const [next] = days;
  const trains = () => trainings.length > 0 && hasTrained(home);
  const isDue = () =>
    trains() || next?.after === "start" || (next?.after === "day" && clockOf(home) >= next.day) || program.isOver();
  await waitFor(`${home.name} comes to ${JSON.stringify(next ?? trainings[0])}`, isDue, limitMs);
  const struck = (trains() ? trainings : days).shift();
  if (struck === undefined) throw new Error(`the demo was over before a training: ${program.stderr()}`);
  await pause(struck.ms);
  return struck;
}

/** Stops programs for longer than their locks and leases last, one after the other, while the demo goes on. */
async function freeze(home: Home, programs: readonly Program[], days: readonly string[]): Promise<number> {
  const [demo] = programs;
  let frozen = 0;
  for (const [index, day] of days.entries()) {
    const program = programs[index % programs.length];
    if (demo === undefined || program === undefined) break;
    if (!(await waitWhileRunning(demo, `${home.name} reaches ${day}`, () => clockOf(home) >= day))) break;
    program.process.kill("SIGSTOP");
    await pause(lockMs + 1_500);
    program.process.kill("SIGCONT");
    frozen += 1;
  }
  return frozen;
}

/** The lock of examples/bike/driftward.yaml; its lease is shorter. */
const lockMs = 5_000;

/** What the mails are about, whatever the instance is called; numbers as they are. */
async function aboutMails(data: string): Promise<readonly string[]> {
  return [...(await readMails(data)).keys()].map((id) => id.replace(/@.*|\d+(?=\.)/g, "#")).sort();
}

interface Expected {
  readonly state: FinalState;
  readonly mails: readonly string[];
  readonly insides: Awaited<ReturnType<typeof lookInside>>;
}

let undisturbed: Expected | undefined;
const homes: Home[] = [];

async function liveUndisturbed(): Promise<Expected> {
  const home = await openHome("undisturbed", "postgres");
  homes.push(home);
  const state = await end(startDemo(home));
  return { state: withoutGaps(state), mails: await aboutMails(home.data), insides: await lookInside(home.data) };
}

const disturbed: Record<string, { readonly home: Home; readonly state: FinalState; readonly blows: number }> = {};

async function disturb(back: "postgres" | "redis"): Promise<void> {
  const home = await openHome(`killed-${back}`, back);
  homes.push(home);
  const moments = chooseMoments(seededRandom(seed + (back === "redis" ? 1 : 0)));
  const { state, kills } = await liveThroughKills(home, moments);
  disturbed[`killed-${back}`] = { home, state, blows: kills };
}

async function stopAndGo(back: "postgres" | "redis"): Promise<void> {
  const home = await openHome(`frozen-${back}`, back);
  homes.push(home);
  const stopped = startDemo(home);
  await waitWhileRunning(stopped, "the demo's first day", () => clockOf(home) > "2011-11-01");
  stopped.process.kill("SIGTERM");
  expect(await stopped.ended).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/goes on from here/),
    stdout: "",
  });
  const demo = startDemo(home);
  const second = startProgram(ofDemo(["up", "--no-apply"]), withData(home.data, home.env));
  const days = ["2011-11-10", "2011-12-01", "2012-01-10", "2012-02-29"];
  const frozen = await freeze(home, [demo, second], days);
  const state = await end(demo);
  // The demo may end while the other is frozen: what that one had in hand is written down, and done, once it goes on.
  await waitFor(
    `${home.name} to have nothing left to do`,
    async () => {
      return second.isOver() || (await lookInside(home.data)).openTasks.length === 0;
    },
    60_000,
  );
  second.process.kill("SIGTERM");
  expect(await second.ended).toMatchObject({ code: 0 });
  disturbed[`frozen-${back}`] = { home, state, blows: frozen };
}

beforeAll(async () => {
  process.stderr.write(`moments of the kills: DRIFTWARD_TEST_SEED=${seed}\n`);
  const [expected] = await Promise.all([liveUndisturbed(), disturb("postgres"), disturb("redis")]);
  undisturbed = expected;
  await Promise.all([stopAndGo("postgres"), stopAndGo("redis")]);
}, limitMs);

afterAll(async () => {
  await killRunning();
  for (const home of homes) await home.close();
}, 60_000);

describe.each([
  ["killed-postgres", 20],
  ["killed-redis", 20],
  ["frozen-postgres", 4],
  ["frozen-redis", 4],
])("a demo that was %s", (name, blows) => {
  const lived = () => {
    const [one, expected] = [disturbed[name], undisturbed];
    if (one === undefined || expected === undefined) throw new Error(`${name} did not come to its end`);
    return { ...one, expected };
  };

  test(`comes through ${blows} times to the same end as one that nobody disturbed`, () => {
    const { state, expected, blows: struck } = lived();
    expect({ state: withoutGaps(state), struck }).toEqual({ state: expected.state, struck: blows });
  });

  test("has lost and doubled nothing", async () => {
    const { home, expected } = lived();
    const insides = await lookInside(home.data);
    const { logged, labelled, counted, checks, attempts, openTasks } = insides;
    expect({ logged: { ...logged, strays: 0 }, labelled, checks, openTasks }).toEqual({
      logged: expected.insides.logged,
      labelled: expected.insides.labelled,
      checks: expected.insides.checks,
      openTasks: [],
    });
    for (const { files, counts } of counted) expect(counts).toBe(files);
    expect(counted).toHaveLength(expected.insides.counted.length);
    expect(attempts).toEqual([{ run: expect.any(Number), n: 1, state: "succeeded" }]);
    expect(insides.auditTrail).toMatchObject({ intact: true });
  });

  test("has sent every mail, those that were sent again under the same Message-ID", async () => {
    const { home, expected } = lived();
    expect(await aboutMails(home.data)).toEqual(expected.mails);
  });

  test("leaves no process behind", () => {
    expect(processesOf(lived().home.data)).toEqual([]);
  });
});
