import type { LiveBaselineState } from "../core/run/live-baseline.ts";
import { instant, number } from "./format.ts";
import { plainText } from "./plain-text.ts";

/** Where a baseline comes from, such as `1,080 rows: holdout.csv`. */
export function baselineText({ source, rows }: { readonly source: string; readonly rows: number }): string {
  return `${number(rows)} ${rows === 1 ? "row" : "rows"}: ${plainText(source)}`;
}

/** What a live baseline waits for, or why there is none; undefined once it is there. */
export function liveBaselineText(live: {
  readonly state: LiveBaselineState;
  readonly until: Date | undefined;
  readonly reason: string | undefined;
}): string | undefined {
  switch (live.state) {
    case "waiting":
      return "its live baseline is gathered from its first prediction on; until then this one is compared with";
    case "gathering":
    case "making":
      return `its live baseline is gathered until ${live.until === undefined ? "?" : instant(live.until)}; until then this one is compared with`;
    case "kept":
      return `no live baseline: ${plainText(live.reason ?? "")}; this one stays`;
    case "made":
      return undefined;
    default:
      return live.state satisfies never;
  }
}
