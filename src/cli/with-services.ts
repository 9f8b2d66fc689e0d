import type { Command } from "commander";
import type { Config } from "../config.ts";
import type { Services } from "../ports/services.ts";
import type { CliContext, OpenOptions } from "./context.ts";

/** Opens the services for one command, hands them to it, and closes them whatever happens. */
export async function withServices<Result>(
  context: CliContext,
  command: Command,
  work: (services: Services, config: Config) => Promise<Result>,
  options?: OpenOptions,
): Promise<Result> {
  const config = context.config(command.optsWithGlobals().config);
  const services = await context.open(config, options);
  try {
    return await work(services, config);
  } finally {
    await services.close();
  }
}
