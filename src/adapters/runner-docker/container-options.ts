import type { ContainerCreateOptions, MountSettings } from "dockerode";
import { fileVariables, secretFileVariables } from "../../core/run/launch-spec.ts";
import type { ContainerSettings, Launch } from "../../ports/runner.ts";

/** Labels by which containers are recognised. */
export const labels = {
  key: "driftward.key",
  /** Which Driftward started it: a digest of where it keeps its attempts. */
  root: "driftward.root",
  /** When it has run out of time, ISO 8601 by the clock of who started it. */
  deadline: "driftward.deadline",
} as const;

/** Where a trainer finds its files inside. */
const inside = {
  training: "/driftward/training.parquet",
  evaluation: "/driftward/evaluation.parquet",
  output: "/driftward/output",
} as const;

/** The container of an attempt; the same attempt always has the same name. */
export function containerName(key: string): string {
  return `driftward-${key}`;
}

export interface ContainerContext {
  /** Where the names that a trainer asks for are taken from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly root: string;
  /** Whose files the output is, where the trainer names no user. */
  readonly user: string | undefined;
  readonly now: Date;
}

/**
 * What a daemon is asked to create for an attempt: everything is mounted to be read except the output, nothing is
 * allowed beyond what a program needs, and there is no network unless the trainer asks for it.
 */
export function containerOptions(
  launch: Launch,
  settings: ContainerSettings,
  { environment, root, user, now }: ContainerContext,
): ContainerCreateOptions {
  const { key, command, files, secretFiles = {}, timeoutMs } = launch;
  const secrets = Object.fromEntries(Object.keys(secretFiles).map((name) => [name, `/run/secrets/${name}`]));
  const handedOn = launch.inherit.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const told = { ...launch.environment, ...fileVariables(inside), ...secretFileVariables(secrets) };
  const runsAs = settings.user ?? user;
  return {
    name: containerName(key),
    Image: settings.image,
    ...(command.length === 0 ? {} : { Cmd: [...command] }),
    Env: [...handedOn, ...Object.entries(told)].map(([name, value]) => `${name}=${value}`),
    ...(runsAs === undefined ? {} : { User: runsAs }),
    Labels: {
      [labels.key]: key,
      [labels.root]: root,
      [labels.deadline]: new Date(now.getTime() + timeoutMs).toISOString(),
    },
    HostConfig: {
      ...limitsOf(settings),
      ...(settings.network ? {} : { NetworkMode: "none" }),
      AutoRemove: false,
      RestartPolicy: { Name: "no" },
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Mounts: [
        readOnly(files.training, inside.training),
        readOnly(files.evaluation, inside.evaluation),
        { ...readOnly(files.output, inside.output), ReadOnly: false },
        ...Object.entries(secretFiles).map(([name, path]) => readOnly(path, secrets[name] ?? name)),
        ...Object.entries(settings.mounts ?? {}).map(([target, path]) => readOnly(path, target)),
      ],
    },
  };
}

function readOnly(source: string, target: string): MountSettings {
  return { Type: "bind", Source: source, Target: target, ReadOnly: true };
}

/** Swap is no way around the limit of memory. */
function limitsOf({ cpus, memoryBytes, pids }: ContainerSettings) {
  return {
    ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(pids === undefined ? {} : { PidsLimit: pids }),
  };
}
