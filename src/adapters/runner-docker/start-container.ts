import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerInspectInfo } from "dockerode";
import { DriftwardError } from "../../core/errors.ts";
import type { ContainerSettings, Launch } from "../../ports/runner.ts";
import type { KnownProcess } from "../runner-process/attempt-folder.ts";
import { isAlive, recognise } from "../runner-process/process-table.ts";
import type { Claim } from "./container-folder.ts";
import { containerName, containerOptions, labels } from "./container-options.ts";
import type { DockerContext } from "./context.ts";
import { DaemonRefusal } from "./daemon.ts";
import type { Known } from "./end-container.ts";

const startsWithinMs = 20_000;
const lookEveryMs = 50;
/** A holder that is silent for so long is taken to be gone. */
const silentForMs = 60_000;

/** Whether a container ever ran. */
export function isStarted({ State: { Status } }: ContainerInspectInfo): boolean {
  return !["created", "configured", "initialized"].includes(Status);
}

/**
 * Starts the container of an attempt, once, whoever else is at it. The daemon would run an ended container again, so
 * who starts is settled by claims in the attempt's folder: while the holder of a claim lives, nobody else starts; who
 * takes over removes the container that was never started, so that a start by its id that is still under way fails.
 *
 * @throws StateUnavailable when the daemon cannot be reached, or another start takes too long
 */
export async function startContainer(
  context: DockerContext,
  known: Known,
  launch: Launch,
  settings: ContainerSettings,
): Promise<void> {
  const self = await recognise(process.pid);
  if (self === undefined) throw new Error("this process cannot be found in the process table");
  for (const deadline = performance.now() + startsWithinMs; performance.now() < deadline; await sleep(lookEveryMs)) {
    const { folder, daemon, key } = known;
    if ((await folder.readEnd()) !== undefined || (await folder.wasStarted())) return;
    const found = await known.find();
    if (found !== undefined && found.Config.Labels[labels.key] !== key) {
      await folder.settle({ state: "failed", message: `another container is named ${containerName(key)}` });
      return;
    }
    if (found !== undefined && isStarted(found)) {
      await folder.noteStarted(found.Id);
      return;
    }
    const last = await folder.lastClaim();
    if (last !== undefined && (await isHeld(last, context, self))) continue;
    if (found === undefined && last?.container !== undefined) {
      // It may have run: it is never started a second time.
      await folder.settle({ state: "lost", message: "its container was removed before it could be seen to run" });
      return;
    }
    const n = (last?.n ?? 0) + 1;
    if (!(await folder.claim(n, { holder: self, instance: context.instance }))) continue;
    if (found !== undefined) await daemon.remove(found.Id, { force: false });
    if (await createAndStart(context, known, launch, settings, n)) return;
  }
  throw new DriftwardError("StateUnavailable", `another start of attempt ${launch.key} takes too long`, {
    hint: "it is tried again by itself",
  });
}

/**
 * Starts of one runner and key are one, so a claim of its own is one that came to nothing. A holder that is silent for
 * long is passed over even if it lives: it may have been stopped, and finds its container gone when it goes on.
 */
async function isHeld({ holder, instance }: Claim, context: DockerContext, self: KnownProcess): Promise<boolean> {
  if (instance === context.instance || Date.now() - new Date(holder.at).getTime() > silentForMs) return false;
  return holder.place !== self.place || isAlive(holder);
}

/** False when another one created it meanwhile: look again. */
async function createAndStart(
  context: DockerContext,
  known: Known,
  launch: Launch,
  settings: ContainerSettings,
  n: number,
): Promise<boolean> {
  const { folder, daemon } = known;
  const id = await create(context, known, launch, settings);
  if (id === undefined) return (await folder.readEnd()) !== undefined;
  if (await folder.isCancelAsked()) {
    await daemon.remove(id, { force: false });
    return true;
  }
  await folder.noteContainer(n, id);
  try {
    await daemon.start(id);
  } catch (error) {
    if (!(error instanceof DaemonRefusal)) throw error;
    const found = await known.find();
    if (found === undefined || found.Id !== id || isStarted(found)) return false;
    await folder.settle({ state: "failed", message: startProblem(error, launch, settings) });
    await daemon.remove(id, { force: true });
    return true;
  }
  await folder.noteStarted(id);
  return true;
}

async function create(
  context: DockerContext,
  { daemon, folder, find }: Known,
  launch: Launch,
  settings: ContainerSettings,
): Promise<string | undefined> {
  const { environment, rootDigest: root } = context;
  const options = containerOptions(launch, settings, { environment, root, user: ownUser(), now: new Date() });
  try {
    return await daemon.create(options);
  } catch (error) {
    if (!(error instanceof DaemonRefusal)) throw error;
    if ((await find()) === undefined)
      await folder.settle({ state: "failed", message: await createProblem(error, daemon, settings) });
    return undefined;
  }
}

function ownUser(): string | undefined {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? undefined : `${uid}:${gid}`;
}

async function createProblem(error: DaemonRefusal, daemon: Known["daemon"], { image }: ContainerSettings) {
  return (await daemon.hasImage(image))
    ? `the daemon refused to create its container: ${error.message}`
    : `the daemon has no image "${image}": pull or build it there, Driftward pulls nothing`;
}

function startProblem(error: DaemonRefusal, { command: [program] }: Launch, { image }: ContainerSettings): string {
  const name = program ?? `the command of ${image}`;
  if (/executable file not found|no such file or directory/.test(error.message))
    return `the program "${name}", or the interpreter it names, was not found in ${image}`;
  if (/permission denied/.test(error.message)) return `the program "${name}" may not be executed`;
  return `the daemon refused to start its container: ${error.message}`;
}
