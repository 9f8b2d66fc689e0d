import { createHash } from "node:crypto";
import { z } from "zod";
import { manifestDigest } from "../run/run-data.ts";
import type { ChainedEntry } from "./audit-entry.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type Checkpoint, checkpointSchema, isSigned, keyText, verifySignature } from "./checkpoint.ts";
import { verifyChain } from "./verify-chain.ts";

export const evidenceSchemaName = "driftward/evidence/v1";

const facts = z.record(z.string(), z.unknown());

const recordSchema = z.strictObject({
  seq: z.int(),
  actor: z.strictObject({ kind: z.enum(["system", "person", "token"]), id: z.string() }),
  at: z.iso.datetime(),
  kind: z.string(),
  subject: z.string(),
  payload: z.string(),
  previous_hash: z.string(),
  hash: z.string(),
});

const sourceSchema = z.object({
  kind: z.enum(["predictions", "labels"]),
  path: z.string(),
  sha256: z.string(),
  rows: z.number(),
});

const evidenceSchema = z.strictObject({
  schema: z.literal(evidenceSchemaName),
  made_at: z.iso.datetime(),
  instance: z.string(),
  /** What led to the promotion, for people and programs; every part that decided is in the records as well. */
  statement: z.looseObject({
    model: z.string(),
    version: z.looseObject({ name: z.string() }),
    run: z.looseObject({ id: z.string(), number: z.number() }),
    policy: z.looseObject({ digest: z.string(), text: z.string() }),
    training: z.looseObject({ lineage: z.looseObject({ data: z.looseObject({ manifest: z.unknown() }) }) }),
    gates: z.array(facts),
    approvals: z.array(facts),
  }),
  /** The audit trail from the run's first record to the checkpoint, without a gap. */
  records: z.array(recordSchema).min(1),
  checkpoint: checkpointSchema,
  signature: z.string(),
});

export type Evidence = z.infer<typeof evidenceSchema>;
export type EvidenceRecord = Evidence["records"][number];
export type UnsignedEvidence = Omit<Evidence, "signature">;

/** The bytes that are signed. */
export function evidenceText(evidence: UnsignedEvidence): string {
  return canonicalJson(evidence);
}

/** The file, byte for byte: a file that reads the same and is written otherwise is not it. */
export function evidenceFile(evidence: Evidence): string {
  return `${JSON.stringify(evidence, null, 2)}\n`;
}

export function evidenceRecord({
  seq,
  actor,
  at,
  kind,
  subject,
  payload,
  previousHash,
  hash,
}: ChainedEntry): EvidenceRecord {
  return { seq, actor, at: at.toISOString(), kind, subject, payload, previous_hash: previousHash, hash };
}

export type EvidenceVerdict =
  | { readonly sound: true; readonly evidence: Evidence; readonly key: string }
  | { readonly sound: false; readonly problems: readonly string[] };

/**
 * Checks evidence without any state: that not a byte of it was changed since it was signed, that its records are a
 * piece of one chain which a signed checkpoint ends, and that what it states is what those records say.
 *
 * @param key  the public key that must have signed, base64url; any when undefined
 */
export function verifyEvidence(text: string, key: string | undefined): EvidenceVerdict {
  const read = readJson(text);
  const parsed = evidenceSchema.safeParse(read);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
    return { sound: false, problems: [`it is no evidence of schema ${evidenceSchemaName}${where}: ${issue?.message}`] };
  }
  // As it was read, in its own order: that is what was signed.
  const evidence = read as Evidence;
  const problems = [
    ...(evidenceFile(evidence) === text ? [] : ["it is not written as it was: names twice, blanks, or another order"]),
    ...signatureProblems(evidence, key),
    ...chainProblems(evidence),
    ...statementProblems(evidence),
  ];
  return problems.length === 0 ? { sound: true, evidence, key: evidence.checkpoint.key } : { sound: false, problems };
}

function signatureProblems({ signature, ...unsigned }: Evidence, key: string | undefined): readonly string[] {
  const { checkpoint, instance } = unsigned;
  if (key !== undefined && checkpoint.key !== key)
    return [`it is signed with another key: expected ${keyText(key)}, got ${keyText(checkpoint.key)}`];
  return [
    ...(verifySignature(checkpoint.key, evidenceText(unsigned), signature)
      ? []
      : ["it was changed since it was signed"]),
    ...(isSigned(checkpoint as Checkpoint) ? [] : ["its checkpoint was changed since it was signed"]),
    ...(checkpoint.instance === instance ? [] : [`its checkpoint is of another instance: ${checkpoint.instance}`]),
  ];
}

function chainProblems({ records, checkpoint }: Evidence): readonly string[] {
  const [first] = records;
  if (first === undefined) return ["it has no records"];
  const entries = records.map(({ previous_hash: previousHash, at, ...rest }): ChainedEntry => {
    return { ...rest, previousHash, at: new Date(at) };
  });
  const verdict = verifyChain(entries, { seq: first.seq - 1, hash: first.previous_hash });
  if (!verdict.intact) return [`its records are broken at ${verdict.seq}: ${verdict.problem}`];
  const { seq, hash } = verdict.head;
  if (seq === checkpoint.seq && hash === checkpoint.hash) return [];
  return [`its records end with ${seq}, ${hash}; the checkpoint is of ${checkpoint.seq}, ${checkpoint.hash}`];
}

/** What is stated has to be what was recorded when it was decided. */
function statementProblems({ statement, records }: Evidence): readonly string[] {
  const { run, policy, gates, approvals, version, model, training } = statement;
  const of = (kind: string) => records.find((one) => one.kind === kind && one.subject === run.id);
  const [started, passed, promoted] = [of("run started"), of("run passed its gates"), of("run promoted")].map(
    payloadOf,
  );
  const digest = createHash("sha256").update(policy.text).digest("hex");
  const recorded = (started?.["policy"] as { digest?: unknown } | undefined)?.digest;
  const differs = (stated: unknown, inRecord: unknown) => canonicalJson(stated) !== canonicalJson(inRecord ?? null);
  return [
    ...(started === undefined ? ["no record says that its run was started"] : []),
    ...(promoted === undefined ? ["no record says that its run was promoted"] : []),
    ...(digest === policy.digest ? [] : ["the policy's text does not have the digest that is stated"]),
    ...(recorded === undefined || recorded === policy.digest ? [] : ["the run was started under another policy"]),
    ...(differs(gates, passed?.["gates"]) ? ["the gates are not those of the record"] : []),
    ...(differs(approvals, approvalsIn(records, run.id)) ? ["the approvals are not those of the records"] : []),
    ...(manifestOf(training.lineage.data.manifest) === recordedManifest(passed)
      ? []
      : ["the manifest of the training data is not that of the record"]),
    ...(differs([version.name, model], [promoted?.["candidate"] ?? null, promoted?.["model"] ?? null])
      ? ["the record promotes another version"]
      : []),
  ];
}

/** The words for a candidate, as the trail has them. */
export function approvalsIn(records: readonly EvidenceRecord[], runId: string): readonly Record<string, unknown>[] {
  return records
    .filter(({ kind, subject }) => kind === "candidate approved" && subject === runId)
    .map((record) => ({ by: record.actor, at: record.at, reason: payloadOf(record)?.["reason"] ?? null }));
}

/** Runs of earlier days kept no manifest. */
function manifestOf(value: unknown): string | undefined {
  const parsed = z.array(sourceSchema).safeParse(value);
  return parsed.success ? manifestDigest(parsed.data) : undefined;
}

function recordedManifest(passed: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return z.object({ manifest: z.object({ sha256: z.string() }) }).safeParse(passed?.["data"]).data?.manifest.sha256;
}

function payloadOf(record: EvidenceRecord | undefined): Readonly<Record<string, unknown>> | undefined {
  const parsed = record === undefined ? undefined : facts.safeParse(readJson(record.payload));
  return parsed?.success === true ? parsed.data : undefined;
}

/** Undefined for what is no JSON, and for a number beyond all that it can hold, such as `1e999`. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("beyond what JSON can hold");
      return value;
    });
  } catch {
    return undefined;
  }
}
