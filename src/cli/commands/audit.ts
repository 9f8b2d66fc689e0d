import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { auditLog } from "../../actions/audit/log.ts";
import { type TrailVerdict, verifyTrail } from "../../actions/audit/verify.ts";
import { type Checkpoint, keyText, parseCheckpoints, parseKey } from "../../core/audit/checkpoint.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Services } from "../../ports/services.ts";
import { recordJson, recordsTable } from "../../render/audit-log.ts";
import { instant } from "../../render/format.ts";
import { plainText } from "../../render/plain-text.ts";
import { checkpoint } from "../../stages/checkpoint.ts";
import { type CliContext, exitCodes } from "../context.ts";
import { readTime } from "../read-time.ts";
import { withServices } from "../with-services.ts";

const example = `
Examples:
  $ driftward audit verify
  $ driftward audit verify --from-checkpoint mail.eml --key ed25519:…
  $ driftward audit log --model churn --since 2026-06-01 --json
  $ driftward audit key

Exit codes of verify: 0 intact, 1 broken.`;

/** `driftward audit`: the record of every decision and act. */
export function addAuditCommand(program: Command, context: CliContext): void {
  const audit = program
    .command("audit")
    .description("show and verify the record of every decision and act")
    .addHelpText("after", example);
  addVerify(audit, context);
  addLog(audit, context);
  addCheckpoint(audit, context);
  addKey(audit, context);
}

interface VerifyOptions {
  readonly fromCheckpoint?: string;
  readonly key?: string;
  readonly json?: true;
}

function addVerify(audit: Command, context: CliContext): void {
  audit
    .command("verify")
    .description("find any change, deletion, insertion or reordering of records, and where")
    .option("--from-checkpoint <file>", "checkpoints that were kept elsewhere: a file of lines, or a mail")
    .option("--key <key>", "the public key that must have signed them; default: this instance's")
    .option("--json", "print JSON of schema driftward/audit-verify/v1")
    .addHelpText(
      "after",
      "\nExamples:\n  $ driftward audit verify\n  $ driftward audit verify --from-checkpoint mail.eml --key ed25519:…",
    )
    .action(async (options: VerifyOptions, command: Command) => {
      const verdict = await withServices(context, command, { act: "look" }, (services) =>
        verifyNow(context, services, options),
      );
      if (!verdict.intact) context.setExitCode(exitCodes.verdict);
      context.out(options.json ? `${JSON.stringify(verdictJson(verdict))}\n` : verdictText(context, verdict));
    });
}

async function verifyNow(
  context: CliContext,
  { state, checkpoints: own }: Services,
  { fromCheckpoint, key }: VerifyOptions,
): Promise<TrailVerdict> {
  const file = fromCheckpoint ?? own.file;
  const content = fromCheckpoint === undefined ? await own.read() : await readGiven(fromCheckpoint);
  const checkpoints = content === "" && fromCheckpoint === undefined ? [] : parseCheckpoints(content, file);
  const started = Date.now();
  let told = started;
  const onProgress = (done: number, of: number) => {
    if (!context.interactive || Date.now() - told < 1_000) return;
    told = Date.now();
    context.err(`\r${done.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} records`);
  };
  const trusted = key === undefined ? await own.key() : parseKey(key);
  const verdict = await verifyTrail(state, { checkpoints, key: trusted, onProgress });
  if (told !== started) context.err("\r");
  return verdict;
}

async function readGiven(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: Error) => {
    throw new DriftwardError("InvalidInput", `expected a file of checkpoints at ${path}: ${error.message}`);
  });
}

function verdictText({ colors }: CliContext, verdict: TrailVerdict): string {
  const { proven } = verdict;
  if (!verdict.intact) {
    const upTo = proven === undefined ? "" : `up to record ${proven.seq} it is as it was at ${instant(proven.at)}\n`;
    return `${colors.red("✗")} the audit trail is broken at record ${verdict.seq}\n  ${plainText(verdict.problem)}\n  ${upTo}`;
  }
  const { seq, hash } = verdict.head;
  const records = `${colors.green("✓")} ${seq.toLocaleString("en-US")} record${seq === 1 ? "" : "s"}, none changed, deleted, inserted or moved\n`;
  const head = seq === 0 ? "" : `  the last one has the hash ${hash}\n`;
  if (proven === undefined)
    return `${records}${head}  no checkpoint yet: a trail that was written anew as a whole would look the same\n`;
  return `${records}${head}  as ${verdict.checkpoints} checkpoint${verdict.checkpoints === 1 ? " says" : "s say"}, the newest of ${instant(proven.at)} at record ${proven.seq}, signed by ${keyText(proven.key)}\n`;
}

function verdictJson(verdict: TrailVerdict): object {
  const { proven } = verdict;
  const proof = proven === undefined ? null : { seq: proven.seq, at: proven.at, key: keyText(proven.key) };
  const schema = "driftward/audit-verify/v1";
  if (!verdict.intact)
    return { schema, intact: false, seq: verdict.seq, problem: verdict.problem, newest_agreeing_checkpoint: proof };
  const { head, checkpoints } = verdict;
  return { schema, intact: true, records: head.seq, hash: head.hash, checkpoints, newest_agreeing_checkpoint: proof };
}

interface LogOptions {
  readonly model?: string;
  readonly actor?: string;
  readonly kind?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly json?: true;
}

/** Lines of a listing for people, when they name no other number. */
const shown = 50;

function addLog(audit: Command, context: CliContext): void {
  audit
    .command("log")
    .description("list records, oldest first")
    .option("--model <model>", "only those about this model")
    .option("--actor <name>", "only those of this person or token; driftward is Driftward itself")
    .option("--kind <kind>", 'only of this kind, such as "run promoted"')
    .option("--since <time>", "from this day or time on, UTC")
    .option("--until <time>", "before this day or time, UTC")
    .option("--limit <number>", `the newest so many (default: ${shown}, with --json all)`, readLimit)
    .option("--json", "print NDJSON of schema driftward/record/v1")
    .addHelpText(
      "after",
      '\nExamples:\n  $ driftward audit log --model churn --since 2026-06-01\n  $ driftward audit log --kind "run promoted" --json',
    )
    .action(async ({ model, actor, kind, since, until, limit, json }: LogOptions, command: Command) => {
      const request = {
        ...{ model, actor, kind },
        from: since === undefined ? undefined : readTime("--since", since),
        until: until === undefined ? undefined : readTime("--until", until),
        limit: limit ?? (json ? undefined : shown),
      };
      await withServices(context, command, { act: "look", on: { model } }, async ({ state }) => {
        for await (const rows of auditLog(state, request))
          if (json) context.out(rows.map((row) => `${recordJson(row)}\n`).join(""));
          else if (rows.length > 0) context.out(`${recordsTable(rows)}\n`);
          else context.out("No records.\n");
      });
    });
}

function readLimit(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError("expected a number such as 100");
  return Number(text);
}

function addCheckpoint(audit: Command, context: CliContext): void {
  audit
    .command("checkpoint")
    .description("sign where the trail stands now; `driftward up` does so daily and when it stops")
    .option("--json", "print the checkpoint, JSON of schema driftward/checkpoint/v1")
    .addHelpText("after", "\nExample:\n  $ driftward audit checkpoint")
    .action(async (options: { readonly json?: true }, command: Command) => {
      const [made, file] = await withServices(context, command, { act: "manage" }, async (services) => [
        await checkpoint(services),
        services.checkpoints.file,
      ]);
      if (options.json) context.out(`${JSON.stringify(made ?? null)}\n`);
      else context.out(made === undefined ? "No records yet.\n" : sentence(context, made, file));
    });
}

function sentence({ colors }: CliContext, { seq, at }: Checkpoint, file: string): string {
  return `${colors.green("✓")} record ${seq} at ${instant(at)}, written to ${file}\n`;
}

function addKey(audit: Command, context: CliContext): void {
  audit
    .command("key")
    .description("print the public key that checkpoints are signed with; it is made at the first call")
    .option("--json", "print JSON of schema driftward/audit-key/v1")
    .addHelpText("after", "\nExample:\n  $ driftward audit key")
    .action(async (options: { readonly json?: true }, command: Command) => {
      const { key } = await withServices(context, command, { act: "look" }, ({ checkpoints }) => checkpoints.signer());
      context.out(
        options.json
          ? `${JSON.stringify({ schema: "driftward/audit-key/v1", key: keyText(key) })}\n`
          : `${keyText(key)}\n`,
      );
    });
}
