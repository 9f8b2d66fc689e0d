import { segmentToLeave } from "../drift/fit-to-leave.ts";
import { hideSensitive, hideSensitiveQuality } from "../drift/sensitive.ts";
import type { IncidentNotice } from "../incident/notice.ts";
import type { MailNotice } from "../notice.ts";
import type { RunNotice } from "./notice.ts";

/** Why a log is not shown. */
export const withheldLog = "it may hold values of features that the policy names sensitive";

/**
 * A notice as it may leave now. It was fit to leave when it was written; what the policy has named sensitive since then is
 * taken out as well, before it is sent late, gathered, or shown on a page.
 *
 * @param sensitive  features and segment columns whose values are told nowhere, as the policies in force have it
 */
export function noticeToLeave<One extends MailNotice>(notice: One, sensitive: readonly string[]): One;
export function noticeToLeave(notice: MailNotice, sensitive: readonly string[]): MailNotice {
  if (sensitive.length === 0) return notice;
  switch (notice.about) {
    case "incident":
      return incidentToLeave(notice, sensitive);
    case "run":
      return runToLeave(notice, sensitive);
    case "digest":
      return {
        ...notice,
        entries: notice.entries.map((entry) => ({ ...entry, notice: incidentToLeave(entry.notice, sensitive) })),
      };
    default:
      return notice;
  }
}

function incidentToLeave({ explanation, ...notice }: IncidentNotice, sensitive: readonly string[]): IncidentNotice {
  const { rule, findings, quality, did } = notice;
  const told = explanation?.conditions.every(({ feature }) => !sensitive.includes(feature)) === true;
  return {
    ...notice,
    rule: { ...rule, segment: segmentToLeave(rule.segment, Number.POSITIVE_INFINITY, sensitive) },
    findings: hideSensitive(findings, sensitive).map((one) => withoutSegment(one, sensitive)),
    quality: hideSensitiveQuality(quality, sensitive).map((one) => withoutSegment(one, sensitive)),
    did: did.map((sentence) => sentenceToLeave(sentence, sensitive)),
    ...(told ? { explanation } : {}),
  };
}

function runToLeave(notice: RunNotice, sensitive: readonly string[]): RunNotice {
  const { reason, outcome, gates, slices, log } = notice;
  return {
    ...notice,
    reason: sentenceToLeave(reason, sensitive),
    outcome: sentenceToLeave(outcome, sensitive),
    gates: gates.map((gate) => ({ ...gate, reason: sentenceToLeave(gate.reason, sensitive) })),
    ...(slices === undefined ? {} : { slices: slices.map((one) => withoutSegment(one, sensitive)) }),
    ...(log === undefined ? {} : { log: { withheld: withheldLog } }),
  };
}

function withoutSegment<One extends { readonly segment: string }>(one: One, sensitive: readonly string[]): One {
  return { ...one, segment: segmentToLeave(one.segment, Number.POSITIVE_INFINITY, sensitive) };
}

/** A sentence up to the first value of a sensitive column that it names, such as `country=NL`: where one ends is not known. */
export function sentenceToLeave(sentence: string, sensitive: readonly string[]): string {
  const found = sensitive.flatMap((column) => {
    const at = sentence.indexOf(`${column}=`);
    return at < 0 ? [] : [{ at, column }];
  });
  const first = found.toSorted((one, other) => one.at - other.at)[0];
  return first === undefined ? sentence : `${sentence.slice(0, first.at)}${first.column}=(not shown)`;
}
