import { z } from "zod";
import { absoluteCommand, environmentName } from "../operator-fields.ts";
import { parseDuration } from "../units.ts";
import { written } from "../written-field.ts";

/*
 * The sections `files` and `sources` of driftward.yaml: where policies may take predictions from by themselves.
 */

/** Folders that policies may name files in, and how often both kinds are looked at. */
export const filesSettings = z.strictObject({
  allow: z.array(z.string().min(1)).default([]),
  every: written(parseDuration)
    .refine((value) => value >= 1_000, { error: "expected at least 1s" })
    .prefault("1m"),
  /** A file that was written to more lately may not be whole. */
  settle: written(parseDuration).prefault("10s"),
});

/** Programs that bring predictions, by name. */
export const sourcesSettings = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, { error: "expected a name such as warehouse" }),
  z.strictObject({
    command: z.array(z.string().min(1)).min(1, { error: "expected a program" }),
    environment: z.array(environmentName).default([]),
    timeout: written(parseDuration).prefault("10m"),
  }),
);

/** What the operator lets policies take predictions from. */
export interface OfferedSources {
  /** Absolute. */
  readonly allow: readonly string[];
  /** What relative patterns are relative to. */
  readonly root: string;
  readonly settleMs: number;
  readonly everyMs: number;
  readonly programs: Readonly<Record<string, SourceProgram>>;
}

export interface SourceProgram {
  readonly command: readonly string[];
  /** Names of environment variables that are handed on. */
  readonly environment: readonly string[];
  readonly timeoutMs: number;
}

/** The two sections as the rest of Driftward uses them. */
export function offeredSources(
  files: z.output<typeof filesSettings>,
  sources: z.output<typeof sourcesSettings>,
  { root, absolute }: { readonly root: string; readonly absolute: (path: string) => string },
): OfferedSources {
  const programs = Object.entries(sources).map(([name, { timeout, command, environment }]) => [
    name,
    { command: absoluteCommand(command, absolute), environment, timeoutMs: timeout },
  ]);
  return {
    allow: files.allow.map(absolute),
    root,
    settleMs: files.settle,
    everyMs: files.every,
    programs: Object.fromEntries(programs),
  };
}
