import type { Command } from "commander";
import type { Services } from "../ports/services.ts";
import type { CliContext, OpenOptions } from "./context.ts";

/** Opens the services for one command, hands them to it, and closes them whatever happens. */
export async function withServices<Result>(
  context: CliContext,
  command: Command,
  work: (services: Services) => Promise<Result>,
  options?: OpenOptions,
): Promise<Result> {
  const services = await context.open(context.config(command.optsWithGlobals().config), options);
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}
