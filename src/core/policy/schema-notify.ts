import { z } from "zod";
import { duration, list, name, oneOf, section } from "./schema-fields.ts";
import { webhookName } from "./webhook-recipient.ts";

const recipient = section("One recipient.", {
  mail: z
    .union([z.literal("owners"), z.email({ pattern: z.regexes.html5Email, error: "owners or an e-mail address" })], {
      error: "owners or an e-mail address",
    })
    .describe("owners, or an e-mail address.")
    .optional(),
  webhook: z
    .string({ error: "a webhook of driftward.yaml" })
    .regex(webhookName, { error: "a webhook of driftward.yaml, such as pager" })
    .describe("A webhook of the operator's driftward.yaml.")
    .optional(),
});
const recipients = list(recipient, "recipients such as mail: owners", 50);

const timeOfDay = z
  .string({ error: "a time of day such as 08:00" })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "a time of day such as 08:00" });

const zone = z.string({ error: "an IANA time zone such as Europe/Amsterdam" });

export const notifySection = section("Who is told.", {
  warning: recipients.describe("Default [mail: owners].").prefault([{ mail: "owners" }]),
  critical: recipients.describe("Default [mail: owners].").prefault([{ mail: "owners" }]),
  repeat: duration(
    "How often an incident that goes on is spoken of again until somebody takes it on; at most four times a day. Default 24h.",
    "1m",
  ).prefault("24h"),
  digest: section(
    "Warnings are gathered into one mail a day for each recipient; criticals, escalations and webhooks go at once. Default: every warning at once.",
    {
      daily: timeOfDay.describe("When it is sent, by the clock of `timezone`. Default 08:00.").prefault("08:00"),
      timezone: zone.describe("Time zone of `daily`. Default UTC.").prefault("UTC"),
    },
  ).optional(),
  escalate: section("Who is told when nobody acknowledges an incident in time. Default: nobody.", {
    after: duration("How long after an incident opened. Default 4h.", "1m").prefault("4h"),
    to: recipients.min(1, { error: "at least one recipient" }).describe("The next address. No default."),
  }).optional(),
});

const weekday = oneOf("day", "mon", "tue", "wed", "thu", "fri", "sat", "sun");

const instantOrTime = z.union([z.iso.datetime({ offset: true }), timeOfDay], {
  error: "a time with its zone such as 2026-07-01T22:00:00Z, or with every a time of day such as 22:00",
});

/** Spans of time, once or coming back, for what its description says. */
export function plannedSpans(description: string, what: string) {
  return list(
    section(description, {
      every: z
        .union([weekday, list(weekday, "weekdays such as sat, sun", 7).min(1)], {
          error: "day, a weekday such as sun, or a list of weekdays",
        })
        .describe("Makes it come back: `day`, a weekday (mon … sun), or several. Default: it is once.")
        .optional(),
      from: instantOrTime.describe("ISO 8601 with Z or an offset; with `every` a time of day such as 02:00."),
      to: instantOrTime.describe(
        "The end, written as `from` is; a time of day that is not after `from` is one of the next day.",
      ),
      timezone: zone.describe("With `every`: whose clock and weekdays they are. Default UTC.").optional(),
      reason: name("a reason", 500).describe("Kept with what was held back."),
    }),
    what,
    200,
  );
}

export const maintenanceSection = plannedSpans(
  "A planned span of time: incidents are recorded in it, and nobody is told.",
  "windows of maintenance",
).describe("Planned spans of time in which incidents are recorded and nobody is told. Default: none.");
