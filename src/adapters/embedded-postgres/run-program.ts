import { spawn } from "node:child_process";
import type { SystemUser } from "./system-user.ts";

/** How a program of PostgreSQL is started: in a folder its user can reach, and with no variables but these. */
export interface ProgramPlace {
  readonly folder: string;
  /** Absent: the user that Driftward runs as. */
  readonly user: SystemUser | undefined;
}

/** PG* variables of the caller would change what the programs do, so the environment is made, not inherited. */
const programEnvironment: Readonly<Record<string, string>> = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/** Options of `spawn` that are the same for every program. */
export function spawnPlace(place: ProgramPlace): {
  cwd: string;
  env: Record<string, string>;
  uid?: number;
  gid?: number;
} {
  const identity = place.user === undefined ? {} : { uid: place.user.uid, gid: place.user.gid };
  return { cwd: place.folder, env: { ...programEnvironment }, ...identity };
}

/** Runs a program to its end and gives its exit code and the last of what it printed. */
export function runProgram(
  [program = "", ...parameters]: readonly string[],
  place: ProgramPlace,
): Promise<{ readonly exitCode: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { ...spawnPlace(place), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-4_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ exitCode: code ?? 1, output: signal ? `${output}${signal}` : output }),
    );
  });
}
