import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { giveWord } from "../../../src/actions/decide-run.ts";
import { rollback } from "../../../src/actions/rollback.ts";
import { runStory } from "../../../src/actions/runs.ts";
import type { Actor } from "../../../src/core/actor.ts";
import type { HookAction, HookConfig } from "../../../src/core/run/hook-settings.ts";
import type { RunRow } from "../../../src/ports/state.ts";
import { advanceRun } from "../../../src/stages/run/advance.ts";
import { changeChampion } from "../../../src/stages/run/change-champion.ts";
import { pause } from "../../support/wait-for.ts";
import { now, openWorld, startPromoting, type World, work } from "./world.ts";

const person: Actor = { kind: "person", id: "ada" };
let world: World | undefined;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "driftward-hooks-"));
});
afterEach(async () => {
  await world?.close();
  world = undefined;
  rmSync(folder, { recursive: true, force: true });
});

type Word = "good" | "bad" | "once";
const command = (word: Word, retries = 1): HookAction => ({
  ...{ retries, timeoutMs: 20_000 },
  call: {
    command: [process.execPath, join(process.cwd(), "test/fixtures/hooks/hook.mjs"), join(folder, "said"), word],
    environment: [],
  },
});
const hook = (deploy: Word, undo: Word | "none" = "good"): HookConfig => ({
  deploy: command(deploy),
  undo: undo === "none" ? undefined : command(undo),
});
const said = () => readFileSync(join(folder, "said"), "utf8").trim().split("\n");

/** A run to its end, or to where it waits; the clock goes on, so that pauses between tries pass. */
async function run(hooks: Readonly<Record<string, HookConfig>>, approval = "none"): Promise<RunRow> {
  const promote = `promote: { approval: ${approval}, hooks: [${Object.keys(hooks).join(", ")}] }`;
  world = await openWorld({ hooks, promote });
  let ms = now.getTime();
  const later = () => {
    ms += 5_000;
    return new Date(ms);
  };
  Object.assign(world.ports, { clock: { now: later } });
  await startPromoting(world);
  const ended = await work(world, world.ports);
  if (ended === undefined) throw new Error("no run");
  return ended;
}

const champion = async () => (await world?.state.models.get(world.model.id))?.championEpoch;

test("hooks deploy in order before the alias moves; a try that fails is made again", async () => {
  expect(await run({ load: hook("once"), switch: hook("good") })).toMatchObject({ state: "promoted", step: "deploy" });
  expect(said()).toEqual(["load deploy 2 beside 1", "load deploy 2 beside 1", "switch deploy 2 beside 1"]);
  const calls = await world?.state.runs.hookCalls((await world.state.runs.findByNumber(1))?.id ?? "");
  expect(calls?.map(({ hook: name, n, state }) => `${name} ${n} ${state}`)).toEqual([
    "load 1 failed",
    "load 2 succeeded",
    "switch 1 succeeded",
  ]);
  expect(await champion()).toBe(2);
});

test("a hook that fails stops the promotion, and what was done is undone in reverse, recorded and told", async () => {
  const ended = await run({ load: hook("good"), route: hook("good", "none"), switch: hook("bad") });
  expect(ended).toMatchObject({
    state: "failed",
    outcome: expect.stringMatching(
      /^it could not be deployed: hook switch: .*exit code 3.*no room on the cluster; what the hooks did was undone$/,
    ),
  });
  expect(said().slice(-2)).toEqual(["switch undo 2 beside 1", "load undo 2 beside 1"]);
  expect(await champion()).toBe(1);
  const [mail] = (await world?.state.notifications.ofSubject(ended.id)) ?? [];
  expect(mail).toMatchObject({ kind: "failed", body: { candidate: "2", champion: "1" } });
  const kinds = (await world?.state.records.list(1, 100))?.map(({ kind }) => kind).filter((kind) => /^hook/.test(kind));
  expect(kinds).toEqual([
    "hook succeeded",
    "hook succeeded",
    ...["hook failed", "hook failed"],
    "hook succeeded",
    "hook succeeded",
  ]);
  if (world === undefined) throw new Error("no world");
  const { stages } = await runStory(world.ports, ended.number, 0);
  const told = stages.flatMap(({ what, why }) => (what.startsWith("hook") ? [why?.replace(/:.*/s, "")] : []));
  expect(told).toEqual([
    ...["deploy of load", "deploy of route", "deploy of switch", "deploy of switch"],
    ...["undo of switch", "undo of load"],
  ]);
});

test("what cannot be undone is said, and keeps the others from nothing", async () => {
  const ended = await run({ load: hook("good"), switch: hook("bad", "bad") });
  expect(ended.outcome).toMatch(/; not undone: hook switch: /);
  expect(said().at(-1)).toBe("load undo 2 beside 1");
});

test("a hook that driftward.yaml does not name stops the promotion", async () => {
  world = await openWorld({ promote: "promote: { approval: none, hooks: nowhere }" });
  await startPromoting(world);
  expect(await work(world, world.ports)).toMatchObject({
    state: "failed",
    outcome: expect.stringContaining("hook nowhere: driftward.yaml does not name it"),
  });
});

test("approval comes first; once given, it is not given again, and a cancel undoes", async () => {
  const waiting = await run({ load: hook("good"), switch: hook("good") }, "required");
  expect(waiting).toMatchObject({ state: "promoting", step: undefined });
  if (world === undefined) throw new Error("no world");
  // A slow machine finds the first call at its end when it looks: the second one keeps the promotion from its own.
  const { hooks } = world.ports;
  const call: typeof hooks.call = (one) =>
    one.hook === "switch" && one.act === "deploy" ? Promise.resolve({ state: "running" }) : hooks.call(one);
  Object.assign(world.ports, { hooks: { ...hooks, call } });
  const word = (which: "approve" | "cancel") =>
    giveWord(world?.ports as World["ports"], { run: waiting.number, word: which, reason: "x", actor: person });
  expect(await word("approve")).toMatchObject({ state: "promoting", step: "deploy" });
  await expect(word("approve")).rejects.toMatchObject({ message: expect.stringContaining("approved already") });
  const { epoch, id } = await world.state.runs.get(waiting.id);
  for (let i = 0; i < 100 && (await world.state.runs.hookCalls(id)).length === 0; i++)
    await advanceRun(world.ports, { runId: id, epoch });
  await word("cancel");
  await work(world, world.ports);
  expect(said().filter((line) => line.includes("undo"))).toContain("load undo 2 beside 1");
  expect(await champion()).toBe(1);
});

test("a rollback undoes the deployment, beside the version that serves again", async () => {
  await run({ load: hook("good"), switch: hook("good") });
  if (world === undefined) throw new Error("no world");
  await rollback(world.ports, { model: "churn", reason: "complaints", actor: person });
  await work(world, world.ports);
  expect(said().slice(-2)).toEqual(["switch undo 2 beside 1", "load undo 2 beside 1"]);
});

test("so it does after the version got another baseline", async () => {
  const { number } = await run({ load: hook("good") });
  if (world === undefined) throw new Error("no world");
  const { state, ports } = world;
  await state.transaction(async (tx) => {
    const model = await tx.models.lock((await state.models.find("churn"))?.id ?? "");
    const version = await tx.versions.get(model.championVersion ?? "");
    const another = { ids: ports.ids, model, version, baselineId: model.championBaseline ?? "", at: new Date() };
    await changeChampion(tx, { ...another, reason: "another baseline", runId: undefined, policy: undefined });
  });
  await rollback(ports, { model: "churn", reason: "complaints", actor: person });
  await work(world, ports);
  expect(said().at(-1)).toBe("load undo 2 beside 1");
  const [notice] = await state.notifications.ofSubject((await state.models.find("churn"))?.id ?? "");
  expect(notice?.body).toMatchObject({ kind: "rolled-back", run: number });
});

test("workers at once call each hook once", async () => {
  world = await openWorld({
    hooks: { load: hook("good") },
    promote: "promote: { approval: none, hooks: load }",
  });
  const { id } = await startPromoting(world);
  await work(world, world.ports, ({ step }) => step === "deploy");
  for (let round = 0; round < 200; round++) {
    const { epoch, state } = await world.state.runs.get(id);
    if (state !== "promoting") break;
    const ports = world.ports;
    await Promise.all([1, 2, 3].map(() => advanceRun(ports, { runId: id, epoch })));
    await pause(20);
  }
  expect(await world.state.runs.get(id)).toMatchObject({ state: "promoted" });
  expect(said()).toEqual(["load deploy 2 beside 1"]);
});

test("a webhook is told the same as JSON, signed, with one key for every try", async () => {
  const heard: { readonly key: unknown; readonly signature: unknown; readonly body: unknown }[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const { "idempotency-key": key, "webhook-signature": signature } = request.headers;
      heard.push({ key, signature, body: JSON.parse(body) });
      response.writeHead(heard.length === 1 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const text = `http://127.0.0.1:${(server.address() as AddressInfo).port}/deploy`;
    const call = { url: { text }, secretVariable: "HOOK_SECRET" };
    const ended = await run({ serving: { deploy: { retries: 1, timeoutMs: 5_000, call }, undo: undefined } });
    expect(ended.state).toBe("promoted");
    expect(heard).toHaveLength(2);
    expect(new Set(heard.map(({ key }) => key))).toEqual(new Set([`${ended.id}-serving-deploy`]));
    expect(heard[1]).toMatchObject({
      signature: expect.stringMatching(/^v1,/),
      body: { act: "deploy", model: "churn", candidate: { version: "2" }, champion: { version: "1" } },
    });
  } finally {
    server.close();
  }
});
