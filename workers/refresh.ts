import type { Logger } from "../src/ports/logger.ts";
import type { Worker } from "../src/ports/queue.ts";
import { startLoop } from "./loop.ts";

export interface RefreshParts {
  /** Wall time between the end of one refresh and the start of the next. */
  readonly everyMs: number;
  /** Looks for new policies and puts them in force; what it says is logged when it says something new. */
  readonly refresh: () => Promise<RefreshResult>;
  readonly logger: Logger;
}

export interface RefreshResult {
  /** Models whose policy changed. */
  readonly changed: readonly string[];
  /** Mistakes that keep a policy from being in force. */
  readonly mistakes: readonly string[];
}

/** Keeps policies up to date until it is closed. What goes wrong is logged, once while it stays the same, and tried again. */
export function startRefresh({ everyMs, refresh, logger }: RefreshParts): Worker {
  let said = "";
  const sayOnce = (what: string, fields: Record<string, unknown>, message: string) => {
    if (what !== said && what !== "") logger.warn(fields, message);
    said = what;
  };
  const run = async () => {
    try {
      const { changed, mistakes } = await refresh();
      if (changed.length > 0) logger.info({ changed }, "policies were put in force");
      sayOnce(mistakes.join("\n"), { mistakes }, "policies were refused; the revisions before them stay in force");
    } catch (error) {
      sayOnce(String(error), { error }, "policies could not be looked for");
    }
  };
  return startLoop(everyMs, run);
}
