import { join } from "node:path";
import { exampleFolder, type StartOptions } from "./program.ts";

/** The last day that the tests live through: incident, mail, retraining, promotion and recovery are behind it. */
export const until = "2012-03-07";

export interface FinalState {
  readonly champion: string;
  readonly promotions: readonly { readonly seq: number; readonly at: string; readonly reason: string }[];
  readonly incidents: readonly {
    readonly number: number;
    readonly rule: string;
    readonly severity: string;
    readonly state: string;
    readonly openedAt: string;
    readonly resolvedAt?: string;
    readonly resolution?: string;
  }[];
  readonly runs: readonly {
    readonly number: number;
    readonly state: string;
    readonly cut: string;
    readonly outcome?: string;
  }[];
  readonly checks: Readonly<Record<string, number>>;
  readonly predictions: number;
}

export const demoArguments = (data: string): readonly string[] => ["demo", "--until", until, "--json", "--data", data];

/** How other commands see a demo's data: with its configuration. */
export const ofDemo = (args: readonly string[]): readonly string[] => [
  "--config",
  join(exampleFolder, "driftward.yaml"),
  ...args,
];

export const withData = (data: string, env: Readonly<Record<string, string>> = {}): StartOptions => ({
  env: { ...env, DRIFTWARD_DATA: data },
});

/**
 * Incidents and runs numbered 1, 2, 3 in their order, wherever a text names them. PostgreSQL gives a number away in a
 * transaction that a kill rolls back, so the numbers of a killed demo may have gaps; nothing else may differ.
 */
export function withoutGaps(state: FinalState): FinalState {
  const ranks = (numbers: readonly number[]) =>
    new Map([...numbers].sort((a, b) => a - b).map((number, index) => [number, index + 1]));
  const incidents = ranks(state.incidents.map(({ number }) => number));
  const runs = ranks(state.runs.map(({ number }) => number));
  const text = JSON.stringify(state)
    .replace(/INC-(\d+)/g, (_, number) => `INC-${incidents.get(Number(number))}`)
    .replace(/\brun (\d+)/g, (_, number) => `run ${runs.get(Number(number))}`);
  const named = JSON.parse(text) as FinalState;
  return {
    ...named,
    incidents: named.incidents.map((incident) => ({ ...incident, number: incidents.get(incident.number) ?? 0 })),
    runs: named.runs.map((run) => ({ ...run, number: runs.get(run.number) ?? 0 })),
  };
}
