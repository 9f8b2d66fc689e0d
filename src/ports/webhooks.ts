import type { Notice } from "../core/notice.ts";

/** One notification for a webhook; the same one sent twice has the same id. */
export interface WebhookMessage {
  readonly id: string;
  /** When it was written: business time. */
  readonly at: Date;
  readonly notice: Notice;
  /** The id of this Driftward's state. */
  readonly instance: string;
}

/** Calls the operator's webhooks, at least once. Throws DeliveryFailed, or Refused for where webhooks must not go. */
export interface Webhooks {
  /** @param name  as driftward.yaml and the policy name it */
  send(name: string, message: WebhookMessage): Promise<void>;
}
