import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Reject, Rejects, RejectWriter } from "../../ports/rejects.ts";
import { makeSyncedFolder, publishFile } from "./publish-file.ts";

/** Refused rows as `<root>/<model id>/<ingest id>.ndjson`, there whole or not at all. */
export function createRejectFiles(root: string): Rejects {
  return { open: (modelId, ingestId) => rejectWriter(resolve(join(root, modelId, `${ingestId}.ndjson`))) };
}

function rejectWriter(target: string): RejectWriter {
  const aside = `${target}.${randomUUID()}.new`;
  let handle: FileHandle | undefined;
  return {
    add: async (rejects) => {
      if (rejects.length === 0) return;
      if (handle === undefined) {
        await makeSyncedFolder(dirname(target));
        handle = await open(aside, "wx", 0o600);
      }
      await handle.appendFile(rejects.map(formatReject).join(""));
    },
    finish: async () => {
      if (handle === undefined) return undefined;
      await handle.close();
      await publishFile(aside, target);
      return target;
    },
    abandon: async () => {
      await handle?.close().catch(() => undefined);
      await rm(aside, { force: true });
      await rm(target, { force: true });
    },
  };
}

function formatReject(reject: Reject): string {
  return `${JSON.stringify({ line: reject.line, reason: reject.reason, row: reject.row }, printable)}\n`;
}

/** What JSON cannot hold, as text. */
function printable(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
