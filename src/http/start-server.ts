import { DriftwardError } from "../core/errors.ts";
import { type AppParts, createApp } from "./app.ts";

export interface ServerOptions extends AppParts {
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
}

/**
 * Listens for other systems.
 *
 * @throws StateUnavailable when the address cannot be taken
 */
export async function startServer({ host, port, ...parts }: ServerOptions): Promise<{
  /** Where it listens. */
  readonly address: string;
  close(): Promise<void>;
}> {
  const app = createApp(parts);
  try {
    const address = await app.listen({ host, port });
    return { address, close: () => app.close() };
  } catch (cause) {
    await app.close();
    throw new DriftwardError("StateUnavailable", `${host}:${port} cannot be listened on`, {
      hint: "stop what listens there, or change http.listen in driftward.yaml",
      cause,
    });
  }
}
