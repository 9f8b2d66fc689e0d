import type { ChainedEntry } from "../core/audit/audit-entry.ts";
import { plainTable } from "./plain-table.ts";
import { plainText } from "./plain-text.ts";

/** A record as one line of NDJSON, of schema driftward/record/v1. */
export function recordJson({ seq, actor, at, kind, subject, payload, previousHash, hash }: ChainedEntry): string {
  return JSON.stringify({
    ...{ schema: "driftward/record/v1", seq, at, actor, kind, subject, payload: readPayload(payload) },
    ...{ previous_hash: previousHash, hash },
  });
}

/** Records as a table: when, who, what, and the short facts of it. */
export function recordsTable(records: readonly ChainedEntry[]): string {
  const rows = records.map(({ seq, at, actor, kind, payload }) => [
    String(seq),
    Number.isNaN(at.getTime()) ? "?" : `${at.toISOString().slice(0, 19).replace("T", " ")}`,
    plainText(actor.kind === "system" ? actor.id : `${actor.kind} ${actor.id}`),
    plainText(kind),
    facts(readPayload(payload)),
  ]);
  return plainTable(["", "when (UTC)", "who", "what", ""], rows);
}

const shownFacts = 5;

/** Ids and digests: they are in the JSON, and say nothing to people. */
const machine = /^[0-9a-f-]{36}$|^[0-9a-f]{40,}$/;

/** What is short enough for a line: texts, numbers, yes and no. */
function facts(payload: unknown): string {
  if (typeof payload !== "object" || payload === null) return "";
  const { model, run, incident, ...rest } = payload as Record<string, unknown>;
  const first = [
    ...(model === undefined ? [] : [String(model)]),
    ...(run === undefined ? [] : [`run ${String(run)}`]),
    ...(typeof incident === "number" ? [`INC-${incident}`] : []),
  ];
  const others = Object.entries(rest)
    .filter(
      ([, value]) =>
        ["string", "number", "boolean"].includes(typeof value) &&
        String(value).length <= 80 &&
        !machine.test(String(value)),
    )
    .map(([name, value]) => (name === "commit" && value === "" ? "not committed" : `${name}: ${String(value)}`));
  return plainText([...first, ...others].slice(0, shownFacts).join("; "));
}

function readPayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
