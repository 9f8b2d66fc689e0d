import type { Readable } from "node:stream";

/** What a training that runs elsewhere fetches, brings and tells. */
export const downloads = ["training", "evaluation"] as const;
export const uploads = ["result", "predictions"] as const;
export type TransferKind = (typeof downloads)[number] | (typeof uploads)[number] | "callback";

/** The words of a one-time URL. */
export interface Ticket {
  /** The attempt's. */
  readonly key: string;
  readonly kind: TransferKind;
  readonly token: string;
}

/** Why a ticket is not taken: it was never given out; or it was used, ran out, or its attempt has ended. */
export type NotTaken = "unknown" | "spent";

export interface Download {
  readonly path: string;
  readonly bytes: number;
  /** Called when the file was sent whole: from then on the ticket is spent. */
  spend(): Promise<void>;
}

/** How a training ended, in the words of who ran it. */
export interface TrainingWord {
  readonly state: "succeeded" | "failed";
  readonly message?: string;
  readonly exitCode?: number;
  /** The end of what it printed. */
  readonly log?: string;
}

/** Files and words of attempts that run elsewhere. An interrupted transfer may be tried again; a whole one is the last. */
export interface Transfers {
  download(ticket: Ticket): Promise<Download | NotTaken>;
  /** @throws Refused when the content is larger than it may be */
  upload(ticket: Ticket, content: Readable, largestBytes: number): Promise<"taken" | NotTaken>;
  tell(ticket: Ticket, word: TrainingWord): Promise<"taken" | NotTaken>;
}
