import { DriftwardError } from "./core/errors.ts";

const oldest = [20, 19] as const;

/**
 * What an older Node lacks would show as a fault of Driftward somewhere in its midst.
 *
 * @param version  such as 20.19.1
 * @returns the version
 * @throws  InvalidConfig when it is older than Driftward needs
 */
export function requireNode(version: string): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return version;
  throw new DriftwardError("InvalidConfig", `expected Node ${oldest.join(".")} or newer, got ${version}`, {
    hint: `install Node ${oldest.join(".")} or newer, and see that \`node --version\` says so`,
  });
}
