import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedPostgres } from "../../src/adapters/embedded-postgres/open-embedded-postgres.ts";
import type { PostgresConnection } from "../../src/adapters/postgres/pool.ts";
import type { Logger } from "../../src/ports/logger.ts";

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface TestPostgres {
  readonly connection: PostgresConnection;
  release(): Promise<void>;
}

/**
 * A PostgreSQL for tests: an embedded one that every test of this checkout shares, and whose folder is kept between
 * runs, so that joining it takes some 50 ms. The last test to leave stops it.
 */
export async function openTestPostgres(): Promise<TestPostgres> {
  const checkout = createHash("sha256").update(process.cwd()).digest("hex").slice(0, 8);
  const dataDirectory = join(tmpdir(), `driftward-test-${process.getuid?.() ?? "user"}-${checkout}`);
  return openEmbeddedPostgres({ dataDirectory, logger: silentLogger });
}
