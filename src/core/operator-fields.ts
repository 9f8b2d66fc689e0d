import { z } from "zod";

/* Fields that sections of driftward.yaml share. */

/** The name of an environment variable: secrets are named, never written. */
export const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: "expected the name of an environment variable" });

/** Where something is posted to; never with a name and password in it. */
export const postAddress = z.string().regex(/^https?:\/\/[^\s@]+$/, { error: "expected an https URL" });

/**
 * A command with the parts that begin with ./ or ../ made absolute.
 *
 * @param absolute  where a path of driftward.yaml leads
 */
export function absoluteCommand(command: readonly string[], absolute: (path: string) => string): string[] {
  return command.map((part) => (/^\.\.?\//.test(part) ? absolute(part) : part));
}
