import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { DriftwardError } from "../../core/errors.ts";
import type { Launch, Progress, Runner } from "../../ports/runner.ts";
import { progressOf } from "../attempts/attempt-end.ts";
import { forgetAttempts } from "../attempts/forget-attempts.ts";
import { lastLines } from "../attempts/log-lines.ts";
import { ContainerFolder } from "./container-folder.ts";
import { containerName } from "./container-options.ts";
import type { DockerContext, DockerRunnerOptions } from "./context.ts";
import { Daemon } from "./daemon.ts";
import { endContainer, type Known, readLog, reasonToEnd, settleEnded } from "./end-container.ts";
import { isStarted, startContainer } from "./start-container.ts";
import { tidyUp } from "./tidy-up.ts";

/**
 * Runs trainers as containers of a Docker-compatible daemon. An attempt is one container, named after it; the daemon
 * keeps it while Driftward is away. Its end is kept in files before the container is removed.
 */
export function dockerRunner(options: DockerRunnerOptions): Runner {
  const context: DockerContext = {
    ...options,
    instance: randomUUID(),
    rootDigest: createHash("sha256").update(options.root).digest("hex").slice(0, 16),
    ending: new Map(),
  };
  const starting = new Map<string, Promise<void>>();
  return {
    name: "docker",
    start(launch) {
      const current = starting.get(launch.key) ?? start(context, launch).finally(() => starting.delete(launch.key));
      starting.set(launch.key, current);
      return current;
    },
    poll: (key) => poll(context, key),
    cancel: (key) => cancel(context, key),
    logs: (key, lines) => readLogs(context, key, lines),
    // Without its folder a container that is left would be nobody's.
    forget: (isOver) =>
      forgetAttempts(options.root, isOver, async (key) => {
        const folder = new ContainerFolder(options.root, key);
        const hasEnded = (await folder.readEnd()) !== undefined || (await folder.isCancelAsked());
        return hasEnded && (await (await findKnown(context, key))?.find()) === undefined;
      }),
  };
}

async function start(context: DockerContext, launch: Launch): Promise<void> {
  if (launch.container === undefined)
    throw new DriftwardError("InvalidConfig", "expected a trainer of runner docker to name an image, got none");
  const folder = new ContainerFolder(context.root, launch.key);
  await folder.make();
  if ((await folder.readEnd()) !== undefined || (await folder.isCancelAsked())) return;
  const { socket } = launch.container;
  await folder.writeSpec({
    ...(socket === undefined ? {} : { socket }),
    inherit: [...launch.inherit],
    secretFiles: { ...launch.secretFiles },
    graceMs: launch.graceMs,
  });
  const known = await findKnown(context, launch.key);
  if (known === undefined) throw new Error(`the spec of ${launch.key} vanished`);
  await startContainer(context, known, launch, launch.container);
  // Nobody waits for it: what it clears is of attempts before.
  void tidyUp(context, known.daemon, (key) => findKnown(context, key));
}

/** Undefined when no attempt of this key was ever started. */
async function findKnown(context: DockerContext, key: string): Promise<Known | undefined> {
  const folder = new ContainerFolder(context.root, key);
  const spec = await folder.readSpec();
  if (spec === undefined) return undefined;
  const daemon = new Daemon(spec.socket, context.environment);
  return { key, folder, spec, daemon, find: () => daemon.inspect(containerName(key)) };
}

async function poll(context: DockerContext, key: string): Promise<Progress | undefined> {
  const folder = new ContainerFolder(context.root, key);
  try {
    const end = await folder.readEnd();
    if (end !== undefined) return progressOf(end);
    const known = await findKnown(context, key);
    if (known !== undefined) return await look(context, known);
    return (await folder.isCancelAsked()) ? { state: "cancelled" } : undefined;
  } catch (error) {
    if (!(error instanceof DriftwardError) || error.code !== "InvalidData") throw error;
    return { state: "lost", message: error.message };
  }
}

async function look(context: DockerContext, known: Known): Promise<Progress | undefined> {
  const { folder } = known;
  const found = await known.find();
  if (found === undefined || !isStarted(found)) {
    // Its end may have been told, and its container removed, between the two looks.
    const end = await folder.readEnd();
    if (end !== undefined) return progressOf(end);
    if (found === undefined && (await folder.wasStarted()))
      return progressOf(await folder.settle({ state: "lost", message: "its container was removed by somebody else" }));
    return (await folder.isCancelAsked()) ? progressOf(await folder.settle({ state: "cancelled" })) : undefined;
  }
  if (!found.State.Running && !found.State.Paused && !found.State.Restarting)
    return progressOf(await settleEnded(context, known, found));
  const unwanted = await reasonToEnd(known, found, new Date());
  if (unwanted !== undefined) void endContainer(context, known, found, unwanted);
  return { state: "running", startedAt: new Date(found.State.StartedAt) };
}

const asksWithinMs = 1_000;

async function cancel(context: DockerContext, key: string): Promise<void> {
  const folder = new ContainerFolder(context.root, key);
  await folder.make();
  await folder.askCancel();
  const known = (await folder.readEnd()) === undefined ? await findKnown(context, key) : undefined;
  const found = await known?.find();
  if (known === undefined || found?.State.Running !== true) return;
  const asked = endContainer(context, known, found, { state: "cancelled" });
  await Promise.race([asked, sleep(asksWithinMs, undefined, { ref: false })]);
}

async function readLogs(context: DockerContext, key: string, lines: number): Promise<readonly string[]> {
  const known = await findKnown(context, key);
  if (known === undefined) return [];
  const kept = await readFile(known.folder.log, "utf8").catch(() => undefined);
  return lastLines(kept ?? (await readLog(context, known, containerName(key), lines)), lines);
}
