import type { LinkTo, Page } from "../core/notice.ts";

/** What a good capability opens: one page, for one recipient. */
export interface OpenedLink {
  readonly recipient: string;
  /** What a form of the page must bring back: it is on the page alone. */
  readonly form: string;
}

/**
 * Addresses of pages that Driftward serves, in mails. Each carries a capability for one page and one recipient, signed and
 * expiring: to have the address is to be the recipient.
 */
export interface Links {
  /** @param at  when the mail was written: the same mail has the same addresses */
  for(recipient: string, at: Date): Promise<LinkTo>;
  open(page: Page, capability: string, now: Date): Promise<OpenedLink | "expired" | "unknown">;
}
