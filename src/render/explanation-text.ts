import type { Explanation } from "../core/drift/explain-rows.ts";
import type { ShiftStart } from "../core/drift/shift-start.ts";
import { instant, percent } from "./format.ts";
import { plainText } from "./plain-text.ts";

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/**
 * Which rows, in a few words: `mostly country = NL and plan = pro, from Tuesday 2026-03-03`; where that explains a part of
 * the features only, `income: mostly country = NL`.
 */
export function explanationText({ conditions, features, whole, since }: Explanation): string {
  const rows = conditions.map(({ feature, is }) => plainText(`${feature} ${is}`)).join(" and ");
  if (conditions.length === 0) return since === undefined ? "" : `visible from ${momentText(since)}`;
  const of = whole ? "" : `${nameSome(features)}: `;
  return `${of}mostly ${rows}${since === undefined ? "" : `, from ${momentText(since)}`}`;
}

/** What that rests on, in a sentence; nothing where only the time is known. */
export function explanationEvidence(explanation: Explanation): string | undefined {
  const { conditions, explained, shareBefore, shareNow, features } = explanation;
  if (conditions.length === 0) return undefined;
  const [was, is] = [percent(shareBefore), percent(shareNow)];
  const rows = was === is ? `${is} of the rows, before and now` : `${was} of the rows before, ${is} now`;
  return `${rows}; without them at least ${percent(Math.floor(explained * 100) / 100)} of the drift in ${nameSome(features)} is gone`;
}

function nameSome(features: readonly string[]): string {
  const named = features.slice(0, 3).map(plainText).join(", ");
  return features.length > 3 ? `${named} and ${features.length - 3} more` : named;
}

/** The `explanation` of a check in JSON; times are ISO 8601. */
export function explanationJson(explanation: Explanation): object {
  const { conditions, explained, shareBefore, shareNow, features, since } = explanation;
  return {
    sentence: explanationText(explanation),
    conditions,
    explained: conditions.length === 0 ? null : explained,
    share_before: conditions.length === 0 ? null : shareBefore,
    share_now: conditions.length === 0 ? null : shareNow,
    features,
    since: since === undefined ? null : new Date(since.at).toISOString(),
  };
}

function momentText({ at, unit }: ShiftStart): string {
  const time = new Date(at);
  const day = `${weekdays[time.getUTCDay()]} ${instant(new Date(at - (at % 86_400_000)))}`;
  return unit === "day" ? day : `${day} ${time.toISOString().slice(11, 16)} UTC`;
}
