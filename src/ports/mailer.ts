export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets; the same mail sent twice has the same. */
  readonly messageId: string;
  /** Message-ID of the first mail of the thread. */
  readonly inReplyTo?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends mail, at least once. Throws DeliveryFailed. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}
