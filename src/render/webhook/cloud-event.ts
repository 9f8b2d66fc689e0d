import type { NoticeEvent } from "./notice-event.ts";

/** A notice as a CloudEvent 1.0 in structured mode (github.com/cloudevents/spec). */
export function cloudEvent(
  event: NoticeEvent,
  { id, at, instance }: { readonly id: string; readonly at: Date; readonly instance: string },
): Readonly<Record<string, unknown>> {
  const { type, model, subject, title, headline, data } = event;
  return {
    specversion: "1.0",
    id,
    source: `/driftward/${encodeURIComponent(instance)}/models/${encodeURIComponent(model.toWellFormed())}`,
    type: `dev.driftward.${type}`,
    subject,
    time: at.toISOString(),
    datacontenttype: "application/json",
    data: { title, headline, ...data },
  };
}
