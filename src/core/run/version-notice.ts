import type { EstimateFacts } from "../policy/facts.ts";

/** What a metric was promised to be, and what it is. */
export interface KeptPromise {
  readonly metric: string;
  readonly promised: EstimateFacts | undefined;
  readonly now: EstimateFacts | undefined;
}

/** What a mail about a version that was taken back is rendered from, kept with the notification. Times are ISO 8601 in UTC. */
export interface VersionNotice {
  readonly about: "version";
  readonly kind: "rolled-back";
  readonly model: string;
  /** The version that was taken back, and the one that serves again. */
  readonly version: string;
  readonly to: string;
  /** Since when the version that serves again served before. */
  readonly toServedFrom: string;
  readonly promotedAt: string;
  /** Number of the run that promoted it. */
  readonly run: number | undefined;
  /** Who took it back; undefined: the guard of the policy. */
  readonly by: string | undefined;
  /** The guard with its numbers, or the person's reason. */
  readonly reason: string;
  /** Where the guard stands. */
  readonly place: string | undefined;
  readonly metrics: readonly KeptPromise[];
  /** Numbers of the incidents that it closed. */
  readonly closed: readonly number[];
  /** Number of the incident that asked for that run: the rollback is told in the thread of the promotion. */
  readonly incident?: number;
}
