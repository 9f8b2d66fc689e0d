// A process that opens the embedded PostgreSQL, says so, and leaves on SIGTERM.
import { openEmbeddedPostgres } from "../../../src/adapters/embedded-postgres/open-embedded-postgres.ts";
import { DriftwardError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../support/open-test-postgres.ts";
import type { MemberArgument } from "./servers.ts";

const { temporary, ...options } = JSON.parse(process.argv[2] ?? "{}") as MemberArgument;
if (temporary !== undefined) process.env.TMPDIR = temporary;
try {
  const server = await openEmbeddedPostgres({ ...options, logger: silentLogger });
  const staying = setInterval(() => undefined, 60_000);
  process.once("SIGTERM", async () => {
    clearInterval(staying);
    await server.release();
    console.log("left");
  });
  console.log(`up ${JSON.stringify({ connection: server.connection, dataFolder: server.dataFolder })}`);
} catch (error) {
  if (!(error instanceof DriftwardError)) throw error;
  console.log(`failed ${JSON.stringify({ code: error.code, message: error.message, hint: error.hint })}`);
}
