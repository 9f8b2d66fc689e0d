import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { seededRandom } from "../../../src/core/metrics/seeded-random.ts";
import { type Child, startChild } from "../../support/child.ts";
import { pause } from "../../support/wait-for.ts";
import { openWorld, start, type World, work } from "./world.ts";

/*
 * Runs whose workers die at random moments, two at a time, while others are stopped in the middle and go on later. More
 * of them: DRIFTWARD_TEST_RUNS=200; the same moments again: DRIFTWARD_TEST_SEED=…
 */
const count = Number(process.env.DRIFTWARD_TEST_RUNS ?? 2);
const seed = Number(process.env.DRIFTWARD_TEST_SEED ?? Date.now() % 2 ** 31);
const random = seededRandom(seed);

interface Lived {
  readonly state: string;
  readonly kills: number;
  readonly stops: number;
  readonly starts: string;
  readonly promotions: number;
  readonly versions: number;
  readonly mails: number;
}

async function liveThroughKills(world: World): Promise<Lived> {
  const run = await start(world);
  const { connection, schema } = world.state;
  const worker = () =>
    startChild(new URL("./worker.ts", import.meta.url), { connection, schema, folder: world.folder });
  const stopped: Child[] = [];
  let kills = 0;
  for (let round = 0; round < 4; round += 1) {
    const [first, second] = [worker(), worker()];
    await Promise.all([first.line("ready"), second.line("ready")]).catch(() => undefined);
    await pause(10 + random() * 500);
    await first.kill();
    kills += 1;
    if (random() < 0.5) {
      second.signal("SIGSTOP");
      stopped.push(second);
    } else {
      await second.kill();
      kills += 1;
    }
  }
  for (const one of stopped) one.signal("SIGCONT");
  await work(world, world.ports);
  await pause(100);
  for (const one of stopped) await one.kill();
  const { state } = await world.state.runs.get(run.id);
  return {
    ...{ state, kills, stops: stopped.length },
    starts: await readFile(join(world.ports.folders.paths(run.id, 1).output, "starts"), "utf8"),
    promotions: (await world.state.aliases.history(world.model.id, "champion")).length,
    versions: (await world.state.versions.list(world.model.id)).length,
    mails: (await world.state.notifications.ofSubject(run.id)).length,
  };
}

test(
  `${count} runs with workers killed and stopped at random moments: each training once, each promotion once`,
  async () => {
    const total = { kills: 0, stops: 0 };
    for (let i = 0; i < count; i += 1) {
      const world = await openWorld({ trainer: "slow" });
      try {
        const lived = await liveThroughKills(world);
        expect({ run: i, seed, ...lived }).toMatchObject({
          ...{ state: "promoted", starts: "started\n", promotions: 2, versions: 2, mails: 1 },
        });
        total.kills += lived.kills;
        total.stops += lived.stops;
      } finally {
        await world.close();
      }
    }
    console.info(`${count} runs, ${total.kills} kills, ${total.stops} stops, seed ${seed}`);
    expect(total.kills + total.stops).toBe(count * 8);
  },
  30_000 + count * 40_000,
);
