import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AttemptEnd, attemptEndSchema } from "./attempt-end.ts";
import { OnceFolder } from "./once-folder.ts";

/**
 * The folder of an attempt whose end somebody else has to tell: a daemon, or another system.
 *
 *   cancel        somebody asked for the end
 *   result.json   how it ended; the first who writes it is right
 *   out.log       the end of what it printed
 */
export class EndingFolder extends OnceFolder {
  get log(): string {
    return join(this.path, "out.log");
  }

  askCancel(): Promise<boolean> {
    return this.writeOnce("cancel", {});
  }

  isCancelAsked(): Promise<boolean> {
    return this.has("cancel");
  }

  /** The end that counts: this one, unless another was told before. */
  async settle(end: AttemptEnd): Promise<AttemptEnd> {
    await this.writeOnce("result.json", end);
    return (await this.readEnd()) ?? end;
  }

  readEnd(): Promise<AttemptEnd | undefined> {
    return this.read("result.json", attemptEndSchema);
  }

  keepLog(text: string): Promise<void> {
    return writeFile(this.log, text, { mode: 0o600 });
  }
}
