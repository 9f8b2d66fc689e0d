import type { Command } from "commander";
import { identify } from "../actions/identify.ts";
import { type Asked, permit } from "../actions/permit.ts";
import type { Config } from "../config.ts";
import { systemActor } from "../core/actor.ts";
import type { Services } from "../ports/services.ts";
import type { CliContext, OpenOptions } from "./context.ts";

/**
 * Opens the services for one command, asks whether who acts may do it, hands them over with that actor, and closes them
 * whatever happens.
 *
 * @param asked  what the command does, and to what; asked of the services where what it is given says so
 * @throws NotAllowed when the token in DRIFTWARD_TOKEN, or its absence, does not allow it
 */
export async function withServices<Result>(
  context: CliContext,
  command: Command,
  asked: Asked | ((services: Services) => Promise<Asked>),
  work: (services: Services, config: Config) => Promise<Result>,
  options?: OpenOptions,
): Promise<Result> {
  const config = context.config(command.optsWithGlobals().config);
  const services = await context.open(config, options);
  try {
    const wish = typeof asked === "function" ? await asked(services) : asked;
    return await work(await actingIn(services, config, wish), config);
  } finally {
    await services.close();
  }
}

async function actingIn(services: Services, config: Config, asked: Asked): Promise<Services> {
  const local = config.databaseUrl === undefined;
  const identity = await identify(services, { secret: config.token, person: services.actor, local });
  // Workers act by themselves: they need a token only where one is given, so that a wrong one is not overlooked.
  if (asked.act === "serve" && identity.standing.kind === "guest") return { ...services, actor: systemActor };
  await permit(services, identity, asked);
  return { ...services, actor: identity.actor };
}
