import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { link, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DriftwardError } from "../../core/errors.ts";
import type { NotTaken, Ticket, Transfers } from "../../ports/transfers.ts";
import { codeOf, isAttemptKey } from "../attempts/once-folder.ts";
import { WebhookFolder, type WebhookSpec } from "./webhook-folder.ts";

const names = { result: "result.json", predictions: "predictions.parquet" } as const;
/** A result.json that is larger would not be read. */
const largestResult = 1024 * 1024;

/** A ticket that is good, with what it opens. */
interface Opened {
  readonly folder: WebhookFolder;
  readonly spec: WebhookSpec;
  readonly delivery: string;
}

/**
 * The one-time URLs of attempts below `root`.
 *
 * @param root  the webhook runner's
 */
export function webhookTransfers(root: string): Transfers {
  return {
    async download(ticket) {
      const opened = await openTicket(root, ticket);
      if (typeof opened === "string") return opened;
      const path = ticket.kind === "training" ? opened.spec.files.training : opened.spec.files.evaluation;
      const spend = async () => void (await opened.folder.spendToken(ticket.token));
      return { path, bytes: (await stat(path)).size, spend };
    },
    async upload(ticket, content, largestBytes) {
      const opened = await openTicket(root, ticket);
      if (typeof opened === "string") return opened;
      if (ticket.kind !== "result" && ticket.kind !== "predictions") return "unknown";
      if (!(await opened.folder.isDeliverer(opened.delivery))) return "spent";
      const largest = ticket.kind === "result" ? Math.min(largestResult, largestBytes) : largestBytes;
      const taken = await keepFile(content, join(opened.spec.files.output, names[ticket.kind]), largest);
      await opened.folder.spendToken(ticket.token);
      return taken ? "taken" : "spent";
    },
    async tell(ticket, { state, message, exitCode, log }) {
      const opened = await openTicket(root, ticket);
      if (typeof opened === "string") return opened;
      const { folder, delivery } = opened;
      if (!(await folder.isDeliverer(delivery)) || !(await folder.spendToken(ticket.token))) return "spent";
      if (log !== undefined) await folder.keepLog(log);
      const why = message ?? (exitCode === undefined ? "it failed and did not say why" : `exit code ${exitCode}`);
      await folder.settle(
        state === "succeeded" ? { state } : { state, message: why, ...(exitCode === undefined ? {} : { exitCode }) },
      );
      return "taken";
    },
  };
}

async function openTicket(root: string, { key, kind, token }: Ticket): Promise<Opened | NotTaken> {
  if (!isAttemptKey(key)) return "unknown";
  const folder = new WebhookFolder(root, key);
  const [known, spec] = [await folder.findToken(token), await folder.readSpec()];
  if (known === undefined || spec === undefined || known.kind !== kind) return "unknown";
  const isOver = (await folder.readEnd()) !== undefined || new Date() >= new Date(spec.deadline);
  return known.spent || isOver || (await folder.isCancelAsked()) ? "spent" : { folder, spec, delivery: known.delivery };
}

/** False when there was such a file already. It appears whole, or not at all. */
async function keepFile(content: Readable, path: string, largestBytes: number): Promise<boolean> {
  const aside = join(dirname(path), `.upload-${randomUUID()}`);
  await mkdir(dirname(path), { recursive: true });
  try {
    let length = 0;
    await pipeline(
      content,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          length += chunk.length;
          if (length > largestBytes)
            throw new DriftwardError("Refused", `expected at most ${largestBytes} bytes, got more`);
          yield chunk;
        }
      },
      createWriteStream(aside, { flush: true, mode: 0o600 }),
    );
    await link(aside, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}
