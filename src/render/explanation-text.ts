import type { Explanation } from "../core/drift/explain-rows.ts";
import type { ShiftStart } from "../core/drift/shift-start.ts";
import { instant, percent } from "./format.ts";
import { plainText } from "./plain-text.ts";

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Which rows, in a few words: `mostly country = NL and plan = pro, from Tuesday 2026-03-03`. */
export function explanationText({ conditions, since }: Explanation): string {
  const rows = conditions.map(({ feature, is }) => plainText(`${feature} ${is}`)).join(" and ");
  if (since === undefined) return `mostly ${rows}`;
  return conditions.length === 0 ? `visible from ${momentText(since)}` : `mostly ${rows}, from ${momentText(since)}`;
}

/** What that rests on, in a sentence; nothing where only the time is known. */
export function explanationEvidence(explanation: Explanation): string | undefined {
  const { conditions, explained, shareBefore, shareNow, features } = explanation;
  if (conditions.length === 0) return undefined;
  const [was, is] = [percent(shareBefore), percent(shareNow)];
  const rows = was === is ? `${is} of the rows, before and now` : `${was} of the rows before, ${is} now`;
  const named = features.slice(0, 3).map(plainText);
  const more = features.length > named.length ? ` and ${features.length - named.length} more` : "";
  return `${rows}; without them at least ${percent(Math.floor(explained * 100) / 100)} of the drift in ${named.join(", ")}${more} is gone`;
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
