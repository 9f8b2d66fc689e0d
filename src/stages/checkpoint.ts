import { type Checkpoint, checkpointLine, makeCheckpoint } from "../core/audit/checkpoint.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Checkpoints } from "../ports/checkpoints.ts";
import type { Clock } from "../ports/clock.ts";
import type { Mail, Mailer } from "../ports/mailer.ts";
import type { State } from "../ports/state.ts";

export interface CheckpointPorts {
  readonly state: State;
  readonly clock: Clock;
  readonly checkpoints: Checkpoints;
}

export interface CheckpointMail {
  /** Who keeps them. */
  readonly to: string;
  readonly mailer: Mailer;
  /** Writes the mail; pure. */
  readonly write: (checkpoint: Checkpoint, line: string) => Pick<Mail, "subject" | "text" | "html" | "headers">;
}

/** How often the trail's head leaves the machine: once in a day, UTC. */
const dayLength = "2026-01-01".length;

/** Asks for the day's checkpoint; the same day asks once, whoever does. */
export async function requestCheckpoint(state: Pick<State, "transaction">, now: Date): Promise<void> {
  const day = now.toISOString().slice(0, dayLength);
  await state.transaction((tx) => tx.outbox.add([{ key: `checkpoint-${day}`, kind: "checkpoint", subject: "" }]));
}

/**
 * Signs where the audit trail stands and writes it to the checkpoint file; and mails the line, where somebody keeps
 * them. The same head is written once after another.
 *
 * @returns the checkpoint; undefined for an empty trail
 * @throws Conflict when the trail's last record is not the one that its head names: such an end is not signed
 */
export async function checkpoint(
  { state, clock, checkpoints }: CheckpointPorts,
  { taskId, mail }: { readonly taskId?: string; readonly mail?: CheckpointMail } = {},
): Promise<Checkpoint | undefined> {
  const made = await sign({ state, clock, checkpoints });
  if (made !== undefined) {
    const line = checkpointLine(made);
    const before = (await checkpoints.read()).trimEnd().split("\n").at(-1) ?? "";
    if (!before.includes(`"hash":"${made.hash}"`)) await checkpoints.append(line);
    if (mail !== undefined) await send(mail, made, line);
  }
  if (taskId !== undefined) await state.transaction((tx) => tx.outbox.done(taskId));
  return made;
}

async function sign({ state, clock, checkpoints }: CheckpointPorts): Promise<Checkpoint | undefined> {
  const { head, last } = await state.records.head();
  if (head.seq === 0 && last === undefined) return undefined;
  if (last?.seq !== head.seq || last.hash !== head.hash)
    throw new DriftwardError(
      "Conflict",
      `expected the audit trail to end with record ${head.seq}, it ends with ${last?.seq ?? "none"}`,
      { hint: "driftward audit verify shows where the trail is broken" },
    );
  const signer = await checkpoints.signer();
  const text = { instance: await state.instance.id(), ...head, at: clock.now().toISOString() };
  return makeCheckpoint(text, signer.key, signer.sign);
}

async function send({ to, mailer, write }: CheckpointMail, made: Checkpoint, line: string): Promise<void> {
  const messageId = `checkpoint-${made.at.slice(0, dayLength)}@${made.instance}`;
  await mailer.send({ ...write(made, line), to, date: new Date(made.at), messageId });
}
