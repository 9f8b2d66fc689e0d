export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When it was written: business time. */
  readonly date: Date;
  /** Without angle brackets; the same mail sent twice has the same. */
  readonly messageId: string;
  /** Message-ID of the first mail of the thread. */
  readonly inReplyTo?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Pictures that the HTML shows as `cid:` and their id; SVG without text, sent as PNG. None when absent. */
  readonly pictures?: readonly { readonly id: string; readonly svg: string }[];
}

/** Sends mail, at least once. Throws DeliveryFailed. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** A mail that was kept instead of sent. */
export interface KeptMail {
  readonly file: string;
  readonly date: Date;
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  /** How many pictures it has; in `html` they are filled in. */
  readonly pictures: number;
  /** As it would have gone over the wire. */
  readonly raw: string;
}

/** The folder that stands in for an SMTP server. */
export interface Mailbox {
  /** Oldest first. */
  list(): Promise<readonly KeptMail[]>;
}
