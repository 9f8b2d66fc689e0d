import type { IncidentNotice } from "../../core/incident/notice.ts";
import type { Notice } from "../../core/notice.ts";
import { incidentHeadline, openerOf } from "../mail/incident-headline.ts";
import { incidentSubject } from "../mail/incident-letter.ts";
import { policyLetter, policySubject } from "../mail/policy-letter.ts";
import { runLetter, runSubject } from "../mail/run-letter.ts";
import { versionLetter, versionSubject } from "../mail/version-letter.ts";
import { watchLetter, watchSubject } from "../mail/watch-letter.ts";

/** What a webhook is told: the facts of a notice, without its charts, and the two lines that a person reads first. */
export interface NoticeEvent {
  /** `incident.opened`, `run.promoted`, `policy.refused` … */
  readonly type: string;
  readonly model: string;
  /** `INC-12`, `run-3`, or the model. */
  readonly subject: string;
  readonly tone: "critical" | "warning" | "good" | "neutral";
  readonly title: string;
  readonly headline: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The event of a notice. Values of sensitive features were taken out when the notice was written. */
export function noticeEvent(notice: Notice): NoticeEvent {
  const { about, kind, model } = notice;
  const type = `${about}.${kind}`;
  switch (notice.about) {
    case "incident": {
      const tone = notice.kind === "resolved" ? "good" : notice.severity;
      const lines = { tone, title: incidentSubject(notice), headline: incidentHeadline(notice) } as const;
      // One incident is of one source, whichever of its models speaks.
      return {
        ...{ type, model: openerOf(notice), subject: `INC-${notice.incident}` },
        ...lines,
        data: incidentData(notice),
      };
    }
    case "run": {
      const { tone, headline } = runLetter(notice);
      const { run, incident, reason, outcome, champion, candidate, trainer, gates, metrics } = notice;
      const data = { model, run, incident, reason, outcome, champion, candidate, trainer, gates, metrics };
      return { ...{ type, model, subject: `run-${run}`, tone, title: runSubject(notice), headline }, data };
    }
    case "version": {
      const { tone, headline } = versionLetter(notice);
      const { version, to, by, reason, run, promotedAt, metrics, closed } = notice;
      const data = { model, version, to, by, reason, run, promotedAt, metrics, closed };
      return { ...{ type, model, subject: model, tone, title: versionSubject(notice), headline }, data };
    }
    case "watch": {
      const { tone, headline } = watchLetter(notice);
      const { version, reason, against, blocked, run, incident, promotedAt, watchedUntil, metrics } = notice;
      const data = { model, version, reason, against, blocked, run, incident, promotedAt, watchedUntil, metrics };
      return { ...{ type, model, subject: model, tone, title: watchSubject(notice), headline }, data };
    }
    case "policy": {
      const { tone, headline } = policyLetter(notice);
      const { refused, problems, problemCount, inForce } = notice;
      const data = { model, refused, problems, problemCount, inForce };
      return { ...{ type, model, subject: model, tone, title: policySubject(notice), headline }, data };
    }
  }
}

function incidentData(notice: IncidentNotice): Readonly<Record<string, unknown>> {
  const { model, version, incident, severity, kind, openedAt, window, policy, rule, did, resolution } = notice;
  return {
    ...{ model, version, incident, severity, openedAt, window, policy, did, resolution },
    state: kind === "resolved" ? "resolved" : "firing",
    rule: { name: rule.rule, segment: rule.segment, when: rule.when, place: rule.place, values: rule.values },
    testedFeatures: notice.testedFeatures,
    driftedFeatures: notice.driftedFeatures,
    findings: notice.findings.map(
      ({ feature, test, statistic, limit, pCorrected, moved, movedAtLeast, direction }) => ({
        ...{ feature, test, statistic, limit, pCorrected, moved, movedAtLeast, direction },
      }),
    ),
    performance: notice.performance,
    ...(notice.shared === undefined ? {} : { shared: notice.shared }),
  };
}
