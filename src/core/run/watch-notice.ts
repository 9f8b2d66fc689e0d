import type { KeptPromise } from "./version-notice.ts";

/**
 * What a mail about the watch over a promoted version is rendered from, kept with the notification. Times are ISO 8601 in
 * UTC.
 */
export interface WatchNotice {
  readonly about: "watch";
  /**
   * `kept`: its time is over and the promise was kept; `unverified`: its time is over and no labels could judge it;
   * `stuck`: the guard holds, and no version that served before can serve instead.
   */
  readonly kind: "kept" | "unverified" | "stuck";
  readonly model: string;
  readonly version: string;
  readonly promotedAt: string;
  readonly watchedUntil: string;
  /** Number of the run that promoted it, and of the incident that asked for that. */
  readonly run: number | undefined;
  readonly incident: number | undefined;
  /** One sentence: how it ended, why nothing could be judged, or the guard with its numbers. */
  readonly reason: string;
  /** Where the guard stands. */
  readonly place: string | undefined;
  /** What the last check that could judge it saw. */
  readonly metrics: readonly KeptPromise[];
  /** Why nothing can serve instead, and the versions that could if a person lifted them, the last one first. */
  readonly against?: string;
  readonly blocked?: readonly string[];
}
