import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ParsedMail } from "mailparser";
import { openEmbeddedPostgres } from "../../src/adapters/embedded-postgres/open-embedded-postgres.ts";
import { recordingLogger } from "../support/recording-logger.ts";
import { startRedis } from "../support/redis-server.ts";
import { demoArguments, type FinalState, ofDemo, until, withData, withoutGaps } from "./demo.ts";
import { type Insides, lookInside, readMails, recorded } from "./insides.ts";
import { killRunning, makeFolder, processesOf, runJson, runProgram } from "./program.ts";

/** A demo that came to its end, and what it left. */
interface Lived {
  readonly data: string;
  readonly env: Readonly<Record<string, string>>;
  readonly state: FinalState;
  readonly stderr: string;
  readonly left: readonly string[];
  readonly insides: Insides;
  readonly mails: ReadonlyMap<string, ParsedMail>;
}

const closers: (() => unknown)[] = [];
const demos: Record<string, Lived> = {};
const demoOf = (name: string): Lived => {
  const lived = demos[name];
  if (lived === undefined) throw new Error(`the demo on ${name} did not come to its end`);
  return lived;
};

async function live(name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const folder = makeFolder("demo");
  closers.push(folder.remove);
  const { code, stdout, stderr } = await runProgram(demoArguments(folder.path), { env });
  if (code !== 0) throw new Error(`the demo on ${name} ended with ${code}:\n${stdout}\n${stderr}`);
  const left = processesOf(folder.path);
  demos[name] = {
    ...{ data: folder.path, env, stderr, left },
    state: JSON.parse(stdout),
    insides: await lookInside(folder.path, env.DATABASE_URL),
    mails: await readMails(folder.path),
  };
}

beforeAll(async () => {
  const redis = await startRedis();
  closers.push(() => redis.stop());
  const elsewhere = makeFolder("server");
  closers.push(elsewhere.remove);
  const server = await openEmbeddedPostgres({ dataDirectory: elsewhere.path, logger: recordingLogger() });
  closers.push(() => server.release());
  await Promise.all([
    live("embedded PostgreSQL"),
    live("Redis", { REDIS_URL: redis.url }),
    live("a PostgreSQL server", { DATABASE_URL: server.url }),
  ]);
}, 900_000);

afterAll(async () => {
  await killRunning();
  for (const close of closers.reverse()) await close();
}, 60_000);

const places = ["embedded PostgreSQL", "Redis", "a PostgreSQL server"];

test("the end is the same wherever state and queue live", () => {
  const [first, ...others] = places.map((place) => withoutGaps(demoOf(place).state));
  expect(others).toEqual([first, first]);
});

describe.each(places)("the demo on %s", (place) => {
  test("notices that the model decays, retrains it, judges it, replaces it, and sees it recover", async () => {
    const { state, data, env } = demoOf(place);
    const [opened] = state.incidents.filter(({ rule }) => rule === "performance dropped");
    expect(opened).toMatchObject({
      severity: "critical",
      state: "resolved",
      resolution: expect.stringMatching(/is champion/),
    });
    expect(state.runs).toContainEqual(expect.objectContaining({ state: "promoted" }));
    expect(state.promotions).toHaveLength(1 + state.runs.filter((run) => run.state === "promoted").length);
    expect(state.champion).not.toBe("1");
    const shown = await runJson(ofDemo(["status", "bike-demand"]), withData(data, env));
    const [model] = shown.models as [{ champion: string; openIncidents: unknown[]; checks: { verdict: string }[] }];
    expect(model).toMatchObject({ champion: state.champion, openIncidents: [] });
    expect(model.checks[0]?.verdict).toBe("ok");
  });

  test("checks every day once, and counts every prediction once", () => {
    const { state, insides } = demoOf(place);
    const { rows, labels } = recorded(until);
    const days = (Date.parse(until) - Date.parse("2011-10-31")) / 86_400_000;
    expect(Object.values(state.checks).reduce((sum, count) => sum + count, 0)).toBe(days);
    expect(insides.checks).toEqual({ slots: days, decided: true });
    expect(state.predictions).toBe(rows);
    expect(insides.logged).toEqual({ rows, ids: rows, strays: 0 });
    expect(insides.labelled).toEqual({ rows: labels, ids: labels });
    expect(insides.counted).toHaveLength(1 + state.runs.filter((run) => run.state === "promoted").length);
    for (const { files, counts } of insides.counted) expect(counts).toBe(files);
    expect(insides.counted[0]?.counts).toBeGreaterThan(rows * 0.9);
  });

  test("leaves an audit trail that verifies, no task, no process, and nothing on stderr", () => {
    const { insides, left, stderr } = demoOf(place);
    expect(insides.auditTrail).toMatchObject({ intact: true });
    expect(insides.openTasks).toEqual([]);
    expect(insides.attempts).toEqual([{ run: expect.any(Number), n: 1, state: "succeeded" }]);
    expect(left).toEqual([]);
    expect(stderr).toBe("");
  });

  test("mails what happened, once each, to the owners", () => {
    const { mails, insides, state } = demoOf(place);
    expect([...mails.keys()].sort()).toEqual([...insides.sent].sort());
    const again = [...mails.values()].filter(({ headers }) => headers.get("x-driftward-state") === "repeated");
    // A run that passed its gates is told twice: when it waits for a word, and when it has ended.
    const approved = state.runs.filter((run) => run.state === "promoted");
    expect(mails.size - again.length).toBe(state.incidents.length + state.runs.length + approved.length);
    for (const mail of mails.values()) {
      expect([mail.to].flat().map((to) => to?.text)).toEqual(["demand-team@bikes.example"]);
      expect(mail.from?.text).toBe('"Driftward" <driftward@bikes.example>');
      expect(mail.html).toContain("<html");
    }
    const about = (pattern: RegExp) => [...mails.values()].find(({ subject }) => pattern.test(subject ?? ""));
    const dropped = about(/performance dropped/);
    expect(dropped?.text).toMatch(/mae/);
    expect(dropped?.text).toMatch(/performance\.mae\.rise\.lower > 10\.0/);
    expect(dropped?.text).toMatch(/Retraining started: run \d+/);
    const promoted = [...mails.values()].find(({ headers }) => headers.get("x-driftward-state") === "promoted");
    expect(promoted?.subject).toMatch(/: run \d+ \(INC-\d+\)/);
    expect(promoted?.text).toMatch(/version 2 is champion/);
    expect(promoted?.text).toMatch(/Champion 1, candidate 2;[\s\S]*\bmae\s+[\d.]+ \([^)]*\)\s+[\d.]+ \([^)]*\)\s+-\d+/);
    expect(promoted?.text).toMatch(/difference\.mae\.upper < 0\.0[\s\S]*difference\.mae\.upper = -\d/);
    expect(promoted?.inReplyTo).toMatch(/^<incident-\d+@/);
  });
});
