import type { ContainerInspectInfo } from "dockerode";
import type { AttemptEnd } from "../attempts/attempt-end.ts";
import { withoutSecrets } from "../attempts/log-lines.ts";
import type { ContainerFolder, ContainerSpec, Stopping } from "./container-folder.ts";
import { labels } from "./container-options.ts";
import type { DockerContext } from "./context.ts";
import type { Daemon } from "./daemon.ts";

/** An attempt that was asked to start, with the daemon that it is at. */
export interface Known {
  readonly key: string;
  readonly folder: ContainerFolder;
  readonly spec: ContainerSpec;
  readonly daemon: Daemon;
  /** Its container, while there is one. */
  find(): Promise<ContainerInspectInfo | undefined>;
}

/** Lines that are kept of what a program printed. */
const keptLines = 5_000;

/** Why a container that runs must end; undefined while it may run on. */
export async function reasonToEnd(
  { folder }: Known,
  found: ContainerInspectInfo,
  now: Date,
): Promise<Stopping | undefined> {
  if (await folder.isCancelAsked()) return { state: "cancelled" };
  const deadline = new Date(found.Config.Labels[labels.deadline] ?? Number.NaN);
  return now >= deadline ? { state: "timed out" } : undefined;
}

/**
 * Asks a container to end and, when it has, keeps how it ended. It never fails: whoever looks next asks again.
 *
 * @returns once it has ended, which may take the whole grace
 */
export function endContainer(
  context: DockerContext,
  known: Known,
  { Id }: ContainerInspectInfo,
  why: Stopping,
): Promise<void> {
  const { folder, daemon, spec, key } = known;
  const end = async () => {
    await folder.noteStopping(why);
    await daemon.stop(Id, spec.graceMs);
    const found = await known.find();
    if (found?.State.Running === false) await settleEnded(context, known, found);
  };
  const current =
    context.ending.get(key) ??
    end()
      .catch(() => undefined)
      .finally(() => context.ending.delete(key));
  context.ending.set(key, current);
  return current;
}

/** Keeps the end of a container and the end of its log, and then removes it. */
export async function settleEnded(
  context: DockerContext,
  known: Known,
  { Id, State }: ContainerInspectInfo,
): Promise<AttemptEnd> {
  const { folder, daemon } = known;
  const before = await folder.readEnd();
  if (before === undefined) await folder.keepLog(await readLog(context, known, Id, keptLines));
  const end = before ?? (await folder.settle((await folder.readStopping()) ?? endOf(State)));
  // A container that cannot be removed now is found again by its label.
  await daemon.remove(Id, { force: true }).catch(() => undefined);
  return end;
}

function endOf({ ExitCode, OOMKilled, Error: problem }: ContainerInspectInfo["State"]): AttemptEnd {
  if (ExitCode === 0 && problem === "") return { state: "succeeded" };
  const why = OOMKilled || ExitCode === 137 ? ": it was killed, often because it reached its limit of memory" : "";
  const said = problem === "" ? "" : `: ${problem.slice(0, 500)}`;
  return { state: "failed", exitCode: ExitCode, message: `it ended with exit code ${ExitCode}${why}${said}` };
}

/** The end of what a container printed, with the secrets that it was handed taken out. */
export async function readLog(
  { environment }: DockerContext,
  { daemon, spec }: Known,
  id: string,
  lines: number,
): Promise<string> {
  return withoutSecrets(await daemon.logs(id, lines), spec, environment);
}
