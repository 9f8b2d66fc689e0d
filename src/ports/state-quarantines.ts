import type { Quarantine } from "../core/quarantine/quarantine.ts";

/** Hours that a person distrusts, in what was known from `seq` on, up to `liftedSeq` where it was lifted. */
export interface QuarantineRow extends Quarantine {
  readonly id: string;
  readonly modelId: string;
  readonly createdBy: string;
  readonly at: Date;
  readonly liftedBy: string | undefined;
  readonly liftedAt: Date | undefined;
}

export interface QuarantineReads {
  findByNumber(number: number): Promise<QuarantineRow | undefined>;
  /** Of one model or of all, those that were lifted too, in order of their numbers. */
  list(modelId?: string): Promise<readonly QuarantineRow[]>;
}

export interface QuarantineWrites {
  /** The number is given by the database and returned. */
  insert(row: Omit<QuarantineRow, "number">): Promise<QuarantineRow>;
  /** False when it was lifted before. */
  lift(id: string, set: Pick<QuarantineRow, "liftedSeq" | "liftedBy" | "liftedAt">): Promise<boolean>;
}
