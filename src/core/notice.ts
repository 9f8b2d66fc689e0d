import type { IncidentNotice } from "./incident/notice.ts";
import type { PolicyNotice } from "./policy/notice.ts";
import type { RunNotice } from "./run/notice.ts";
import type { VersionNotice } from "./run/version-notice.ts";

/** What one notification is written from: about an incident, a policy, a run or a version. */
export type Notice = IncidentNotice | PolicyNotice | RunNotice | VersionNotice;
