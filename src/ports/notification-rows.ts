export interface NotificationRow {
  readonly id: string;
  readonly subjectKind: "incident" | "run" | "model" | "digest";
  readonly subjectId: string;
  readonly kind: string;
  readonly n: number;
  readonly recipient: string;
  readonly messageId: string;
  readonly body: unknown;
  /** `gathered`: a digest will tell it. */
  readonly state: "queued" | "gathered" | "sent" | "silenced" | "failed";
  readonly createdAt: Date;
  readonly sentAt: Date | undefined;
  /** Why it was not sent, where it was not. */
  readonly reason: string | undefined;
  /** The digest that gathers it; none when absent. */
  readonly digestId?: string | undefined;
}

/** What is gathered for one recipient until one instant, to be told in one mail. */
export interface DigestRow {
  readonly id: string;
  readonly recipient: string;
  readonly dueAt: Date;
  /** When it was written; nothing is gathered into it from then on. */
  readonly closedAt: Date | undefined;
}
