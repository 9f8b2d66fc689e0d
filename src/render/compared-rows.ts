import type { RunNotice } from "../core/run/notice.ts";
import { number } from "./format.ts";

/** Of which rows a run's comparison speaks: "the same 1,338 labelled rows", or how many of them the champion has predictions for. */
export function comparedRows({ metrics: [first], evaluationRows = 0 }: Pick<RunNotice, "metrics" | "evaluationRows">) {
  const shared = first?.difference?.n;
  return shared === undefined || shared === evaluationRows
    ? `the same ${number(evaluationRows)} labelled rows`
    : `${number(evaluationRows)} labelled rows (the champion has predictions for ${number(shared)} of them)`;
}
