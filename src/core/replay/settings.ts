import { parseDocument } from "yaml";
import { DriftwardError } from "../errors.ts";
import { bundlePolicy, unbundlePolicy } from "../policy/bundle.ts";

/** A value put into a policy, at a path such as `drift.alarm_budget`. */
export interface Setting {
  readonly path: string;
  readonly value: string;
}

/** Replays of one sweep at most. */
const mostTrials = 64;

/**
 * All combinations of what `path=value,value` texts say; one empty combination when there are none.
 *
 * @throws InvalidInput when a text is not of that form, or there are more than 64 combinations
 */
export function settingsOf(texts: readonly string[]): readonly (readonly Setting[])[] {
  let combinations: readonly (readonly Setting[])[] = [[]];
  for (const text of texts) {
    const [, path, list] = /^([\w.]+(?:\[\d+\][\w.]*)*)=(.+)$/s.exec(text) ?? [];
    if (path === undefined || list === undefined)
      throw new DriftwardError("InvalidInput", `expected --set path=value or path=value,value, got "${text}"`, {
        hint: "--set drift.alarm_budget='1 per 7d,1 per 30d'",
      });
    const values = list.split(",").map((value) => value.trim());
    combinations = combinations.flatMap((before) => values.map((value) => [...before, { path, value }]));
    if (combinations.length > mostTrials)
      throw new DriftwardError("InvalidInput", `expected at most ${mostTrials} combinations, got more`);
  }
  return combinations;
}

/** A policy's text with values put in; its lines keep their numbers where a value replaces one. */
export function withSettings(source: string, settings: readonly Setting[]): string {
  const { own, defaults, model } = unbundlePolicy(source);
  const document = parseDocument(own);
  for (const { path, value } of settings) {
    const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
    const steps = keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
    document.setIn(steps, parseDocument(value).toJS());
  }
  return bundlePolicy(document.toString({ lineWidth: 0 }), defaults, model);
}
