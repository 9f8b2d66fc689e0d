/*
 * Recipients are one list of texts: e-mail addresses, and webhooks as `webhook:pager`. No address can be taken for a
 * webhook: it has an @, which no webhook's name has.
 */

const prefix = "webhook:";

/** What a webhook may be called, in a policy and in driftward.yaml. */
export const webhookName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A webhook as a recipient. */
export const webhookRecipient = (name: string): string => `${prefix}${name}`;

/** The webhook that a recipient is; undefined for an e-mail address. */
export function webhookOf(recipient: string): string | undefined {
  return recipient.startsWith(prefix) && !recipient.includes("@") ? recipient.slice(prefix.length) : undefined;
}
