import { readFile } from "node:fs/promises";

/** The last lines of a text, without the empty one after its last line end. */
export function lastLines(text: string, lines: number): readonly string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .slice(-lines)
    .filter((line, _, all) => all.length > 1 || line !== "");
}

export interface HandedSecrets {
  /** Names in the runner's environment. */
  readonly inherit: readonly string[];
  readonly secretFiles: Readonly<Record<string, string>>;
}

/** Shorter values are words that stand in any log. */
const shortestSecret = 6;

/** A text that a program printed, with the secrets that it was handed taken out. */
export async function withoutSecrets(
  text: string,
  { inherit, secretFiles }: HandedSecrets,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const files = Object.values(secretFiles).map((path) => readFile(path, "utf8").catch(() => ""));
  const values = [...inherit.map((name) => environment[name] ?? ""), ...(await Promise.all(files))];
  return values
    .map((value) => value.trim())
    .filter((value) => value.length >= shortestSecret)
    .sort((a, b) => b.length - a.length)
    .reduce((clean, value) => clean.replaceAll(value, "[secret]"), text);
}
