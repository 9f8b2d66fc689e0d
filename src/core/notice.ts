import type { DigestNotice } from "./incident/digest.ts";
import type { IncidentNotice } from "./incident/notice.ts";
import type { PolicyNotice } from "./policy/notice.ts";
import type { RunNotice } from "./run/notice.ts";
import type { VersionNotice } from "./run/version-notice.ts";
import type { WatchNotice } from "./run/watch-notice.ts";

/** What one notification is written from: about an incident, a policy, a run, a version or the watch over one. */
export type Notice = IncidentNotice | PolicyNotice | RunNotice | VersionNotice | WatchNotice;

/** What is told by mail: a webhook's receiver gathers by itself. */
export type MailNotice = Notice | DigestNotice;

/** A page that Driftward serves to people who are told of something. */
export interface Page {
  readonly about: "incident" | "run";
  readonly number: number;
}

/** The address of a page for whom a mail goes to; undefined where there is none. */
export type LinkTo = (page: Page) => string | undefined;

/** Names of the models that a notice speaks of. */
export function modelsOf(notice: MailNotice): readonly string[] {
  switch (notice.about) {
    case "digest":
      return notice.entries.flatMap((entry) => modelsOf(entry.notice));
    case "incident":
      return [notice.model, ...(notice.shared?.models ?? [])];
    default:
      return [notice.model];
  }
}
