import { readdir } from "node:fs/promises";
import { z } from "zod";
import { EndingFolder } from "../attempts/ending-folder.ts";
import { knownProcessSchema } from "../runner-process/attempt-folder.ts";

/*
 * What is known of an attempt that runs as a container, beside what its daemon knows:
 *
 *   spec.json          where it runs; the first who writes it is right
 *   claim-N.json       who may start it; a later claim counts when the holder of the one before is gone
 *   container-N.json   the container that the holder of claim N is about to start
 *   started.json       the container that was started
 *   stopping.json      why Driftward asked it to end
 *   cancel             somebody asked for the end
 *   result.json        how it ended; the first who writes it is right
 *   out.log            the end of what it printed, kept when its container is removed
 */

const specSchema = z.object({
  /** As the trainer names it; what DOCKER_HOST said is not kept, so that it may move. */
  socket: z.string().optional(),
  inherit: z.array(z.string()),
  secretFiles: z.record(z.string(), z.string()),
  graceMs: z.number().nonnegative(),
});
export type ContainerSpec = z.infer<typeof specSchema>;

const claimSchema = z.object({
  holder: knownProcessSchema,
  /** Tells two runners of one process apart. */
  instance: z.string(),
});

const containerSchema = z.object({ id: z.string() });

const stoppingSchema = z.object({ state: z.enum(["timed out", "cancelled"]) });
export type Stopping = z.infer<typeof stoppingSchema>;

/** Who may start an attempt, and the container it was about to start. */
export interface Claim extends z.infer<typeof claimSchema> {
  readonly n: number;
  readonly container: string | undefined;
}

/** The files of one attempt that runs as a container. */
export class ContainerFolder extends EndingFolder {
  writeSpec(spec: ContainerSpec): Promise<boolean> {
    return this.writeOnce("spec.json", spec);
  }

  readSpec(): Promise<ContainerSpec | undefined> {
    return this.read("spec.json", specSchema);
  }

  async lastClaim(): Promise<Claim | undefined> {
    const names = await readdir(this.path).catch((): string[] => []);
    const n = Math.max(0, ...names.map((name) => Number(/^claim-(\d+)\.json$/.exec(name)?.[1] ?? 0)));
    const claim = await this.read(`claim-${n}.json`, claimSchema);
    if (claim === undefined) return undefined;
    return { ...claim, n, container: (await this.read(`container-${n}.json`, containerSchema))?.id };
  }

  /** False when somebody else was quicker. */
  claim(n: number, claim: z.infer<typeof claimSchema>): Promise<boolean> {
    return this.writeOnce(`claim-${n}.json`, claim);
  }

  noteContainer(n: number, id: string): Promise<boolean> {
    return this.writeOnce(`container-${n}.json`, { id });
  }

  noteStarted(id: string): Promise<boolean> {
    return this.writeOnce("started.json", { id });
  }

  wasStarted(): Promise<boolean> {
    return this.has("started.json");
  }

  noteStopping(stopping: Stopping): Promise<boolean> {
    return this.writeOnce("stopping.json", stopping);
  }

  readStopping(): Promise<Stopping | undefined> {
    return this.read("stopping.json", stoppingSchema);
  }
}
