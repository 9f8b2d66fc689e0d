import type { Verdict } from "../verdict.ts";
import type { Replay } from "./replay.ts";

/** A replay in numbers. */
export interface ReplaySummary {
  readonly checks: Readonly<Record<Verdict, number>>;
  /** Incidents that opened in the time asked for; those open before are apart. */
  readonly incidents: number;
  readonly critical: number;
  readonly openBefore: number;
  /** One for each recipient. */
  readonly mails: number;
  readonly runs: number;
  readonly refused: number;
  /** Versions that the policy's guard would have taken back. */
  readonly rollbacks: number;
}

export function summarize({ checks, incidents, mails, runs, rollbacks }: Replay): ReplaySummary {
  const opened = incidents.filter(({ before }) => !before);
  const count = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
  return {
    checks: {
      ok: count("ok"),
      warning: count("warning"),
      critical: count("critical"),
      inconclusive: count("inconclusive"),
    },
    incidents: opened.length,
    critical: opened.filter(({ severity }) => severity === "critical").length,
    openBefore: incidents.length - opened.length,
    mails: mails.reduce((sum, { recipients }) => sum + recipients.length, 0),
    runs: runs.filter(({ outcome }) => outcome === "started").length,
    refused: runs.filter(({ outcome }) => outcome === "refused").length,
    rollbacks: rollbacks.length,
  };
}
