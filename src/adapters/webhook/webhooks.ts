import { DriftwardError } from "../../core/errors.ts";
import type { WebhookMessage, Webhooks } from "../../ports/webhooks.ts";
import { cloudEvent } from "../../render/webhook/cloud-event.ts";
import { noticeEvent } from "../../render/webhook/notice-event.ts";
import { slackMessage } from "../../render/webhook/slack-message.ts";
import { createGuardedFetch, type GuardedFetch, type GuardedFetchOptions } from "../guarded-http/guarded-fetch.ts";
import { signatureHeaders } from "../guarded-http/signature-headers.ts";

/** A webhook of driftward.yaml. */
export interface WebhookTarget {
  /** The URL, or the variable of the environment that holds it, where it is itself a secret. */
  readonly url: { readonly text: string } | { readonly variable: string };
  /** The variable of the environment that holds the key of the signature. */
  readonly secretVariable: string | undefined;
  readonly format: "cloudevents" | "slack";
  /** Hosts and networks that this one may reach although they are internal. */
  readonly allow: readonly string[];
}

export interface WebhooksOptions {
  readonly targets: Readonly<Record<string, WebhookTarget>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the operator opened for every call. */
  readonly allow: readonly string[];
  /** How names are looked up; the system's resolver when absent. */
  readonly resolve?: GuardedFetchOptions["resolve"];
}

/**
 * Sends notices by POST through the guarded client. What is missing in driftward.yaml or the environment is a delivery
 * that failed, not a refusal: an operator mends it, and what waited goes out.
 */
export function createWebhooks({ targets, environment, allow, resolve }: WebhooksOptions): Webhooks {
  const clients = new Map(
    Object.entries(targets).map(([name, target]) => [
      name,
      createGuardedFetch({ allow: [...allow, ...target.allow], ...(resolve === undefined ? {} : { resolve }) }),
    ]),
  );
  return {
    async send(name, message) {
      const [target, client] = [Object.hasOwn(targets, name) ? targets[name] : undefined, clients.get(name)];
      if (target === undefined || client === undefined)
        throw undelivered(`driftward.yaml names no webhook "${name}"`, "add it under webhooks, with its url");
      await post(client, { name, target, message, environment });
    },
  };
}

interface Call {
  readonly name: string;
  readonly target: WebhookTarget;
  readonly message: WebhookMessage;
  readonly environment: WebhooksOptions["environment"];
}

async function post(client: GuardedFetch, { name, target, message, environment }: Call): Promise<void> {
  const need = (variable: string): string => {
    const value = environment[variable];
    if (value !== undefined && value !== "") return value;
    throw undelivered(`webhook "${name}" needs ${variable} in the environment`, "set it and start Driftward again");
  };
  const url = "text" in target.url ? target.url.text : need(target.url.variable);
  const { id } = message;
  const event = noticeEvent(message.notice);
  const body = JSON.stringify(target.format === "slack" ? slackMessage(event) : cloudEvent(event, message));
  const type = target.format === "slack" ? "application/json" : "application/cloudevents+json";
  // The signature's time is the receiver's: real, also where Driftward's own is simulated.
  const signed =
    target.secretVariable === undefined
      ? {}
      : signatureHeaders(need(target.secretVariable), { id, body, at: new Date() });
  const headers = { "content-type": `${type}; charset=utf-8`, "idempotency-key": id, "user-agent": "driftward" };
  const { status } = await client(url, { method: "POST", headers: { ...headers, ...signed }, body });
  if (status < 200 || status > 299) throw undelivered(`webhook "${name}" answered ${status}`, "look at its logs");
}

function undelivered(message: string, hint: string): DriftwardError {
  return new DriftwardError("DeliveryFailed", message, { hint });
}
