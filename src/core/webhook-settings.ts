import { z } from "zod";
import { environmentName, postAddress } from "./operator-fields.ts";

/** Where policies may send notices. */
export interface WebhookConfig {
  /** The URL, or the variable of the environment that holds it. */
  readonly url: { readonly text: string } | { readonly variable: string };
  readonly secretVariable: string | undefined;
  readonly format: "cloudevents" | "slack";
  readonly allow: readonly string[];
}

/** One webhook of driftward.yaml as written. */
export const webhookSettings = z
  .strictObject({
    url: postAddress.optional(),
    url_env: environmentName.optional(),
    secret_env: environmentName.optional(),
    format: z.enum(["cloudevents", "slack"]).default("cloudevents"),
    allow: z.array(z.string().min(1)).default([]),
  })
  .transform((hook, context): WebhookConfig => {
    const { url: text, url_env: named, secret_env: secretVariable, format, allow } = hook;
    const url = named === undefined ? (text === undefined ? undefined : { text }) : { variable: named };
    if (url === undefined || (text !== undefined && named !== undefined))
      context.addIssue({ code: "custom", message: "expected either url or url_env" });
    if (format === "cloudevents" && secretVariable === undefined)
      context.addIssue({ code: "custom", message: "expected secret_env: what a webhook is told is signed" });
    return { url: url ?? { text: "" }, secretVariable, format, allow };
  });
