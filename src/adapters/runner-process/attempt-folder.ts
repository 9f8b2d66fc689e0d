import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type AttemptEnd, attemptEndSchema } from "../attempts/attempt-end.ts";
import { OnceFolder } from "../attempts/once-folder.ts";

/*
 * One folder an attempt, and files in it that each appear whole and once:
 *
 *   spec.json     what to run; the first who writes it is right
 *   lock          the supervisor that has the attempt; there is never a second
 *   running.json  the program, once it runs
 *   cancel        somebody asked for the end
 *   result.json   how it ended; the first who writes it is right
 *   out.log       what the program printed
 *   heartbeat     touched by the supervisor, for those who cannot see its process
 *   supervisor.log  what the supervisor itself complained about
 */

export const knownProcessSchema = z.object({
  pid: z.int().positive(),
  /** Tells a process from a later one with the same pid. */
  identity: z.string(),
  /** Where its pid means something: one boot of one machine, one container. */
  place: z.string(),
  at: z.iso.datetime(),
});

/** A process that can be recognised later, by a program that did not start it. */
export type KnownProcess = z.infer<typeof knownProcessSchema>;

const specSchema = z.object({
  key: z.string(),
  command: z.array(z.string()).min(1),
  environment: z.record(z.string(), z.string()),
  inherit: z.array(z.string()),
  secretFiles: z.record(z.string(), z.string()).default({}),
  folder: z.string(),
  timeoutMs: z.number().positive(),
  graceMs: z.number().nonnegative(),
  marker: z.string(),
});

export type Spec = z.infer<typeof specSchema>;

/** How an attempt ended. */
export type Result = AttemptEnd;

/** The files of one attempt; every write is whole and on disk before it can be seen. */
export class AttemptFolder extends OnceFolder {
  file(name: "out.log" | "supervisor.log" | "heartbeat"): string {
    return join(this.path, name);
  }

  /** False when a spec was there already: that one counts. */
  writeSpec(spec: Spec): Promise<boolean> {
    return this.writeOnce("spec.json", spec);
  }

  async readSpec(): Promise<Spec | undefined> {
    return this.read("spec.json", specSchema);
  }

  /** False when another supervisor has the attempt. */
  takeLock(owner: KnownProcess): Promise<boolean> {
    return this.writeOnce("lock", owner);
  }

  async readLock(): Promise<KnownProcess | undefined> {
    return this.read("lock", knownProcessSchema);
  }

  writeRunning(program: KnownProcess): Promise<boolean> {
    return this.writeOnce("running.json", program);
  }

  async readRunning(): Promise<KnownProcess | undefined> {
    return this.read("running.json", knownProcessSchema);
  }

  /** False when the end was told already: that one counts. */
  writeResult(result: Result): Promise<boolean> {
    return this.writeOnce("result.json", result);
  }

  async readResult(): Promise<Result | undefined> {
    return this.read("result.json", attemptEndSchema);
  }

  askCancel(): Promise<boolean> {
    return this.writeOnce("cancel", {});
  }

  isCancelAsked(): Promise<boolean> {
    return this.has("cancel");
  }

  async heartbeatAge(): Promise<number> {
    const file = await stat(this.file("heartbeat")).catch(() => undefined);
    return file === undefined ? Number.POSITIVE_INFINITY : Date.now() - file.mtimeMs;
  }
}
