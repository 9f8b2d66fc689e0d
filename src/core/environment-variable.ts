/** What a variable is set to. Set to nothing is not set: so files of variables and pipelines leave one out. */
export function variable(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return environment[name] || undefined;
}
