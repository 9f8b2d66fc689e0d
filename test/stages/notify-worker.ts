// A process of its own that sends the notifications it is told, as the workers do, until it is killed.
import { createSmtpMailer } from "../../src/adapters/mail/smtp-mailer.ts";
import { openPostgresState } from "../../src/adapters/postgres/open-postgres-state.ts";
import { writeMail } from "../../src/render/mail/write-mail.ts";
import { notify } from "../../src/stages/notify.ts";
import { lookUpPolicies } from "../support/look-up-policies.ts";

const { connection, schema, url, ids } = JSON.parse(process.argv[2] ?? "{}");
const state = await openPostgresState({ connection, schema, poolSize: Math.min(ids.length, 25) });
const ports = {
  state,
  policies: lookUpPolicies(state),
  mailer: createSmtpMailer({ url, from: "Driftward <driftward@example.com>" }),
  webhooks: { send: () => Promise.reject(new Error("no webhook is told")) },
  clock: { now: () => new Date() },
  writeMail,
};
console.log("ready");
await Promise.all(ids.map((notificationId: string) => notify(ports, { notificationId })));
console.log("done");
process.exit(0);
