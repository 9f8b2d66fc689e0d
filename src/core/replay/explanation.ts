import type { Finding } from "../drift/finding.ts";
import type { RuleOutcome } from "../drift/judge.ts";
import type { GateOutcome } from "../run/gates.ts";
import type { WatchStanding } from "../run/watch.ts";
import type { Rate } from "../units.ts";
import type { RecordComparison } from "./compare-record.ts";

/** The policy's revision that decided. */
export interface DecidingPolicy {
  readonly path: string;
  readonly commit: string | undefined;
  readonly revision: number;
}

/** What was decided after a check, and whether it was carried out. */
export interface ExplainedDecision {
  readonly rule: string;
  readonly action: string;
  readonly outcome: string;
  readonly reason: string;
  readonly at: Date;
}

/** What a check's verdict came from, beside its findings. */
export interface CheckGrounds {
  readonly id: string;
  readonly model: string;
  readonly slot: Date;
  readonly rules: readonly RuleOutcome[];
  readonly policy: DecidingPolicy;
  readonly limits: LimitGrounds;
  /** Sequence number of the newest file that was known. */
  readonly asOfSeq: number;
  readonly decisions: readonly ExplainedDecision[];
}

/** Where the limits of a check come from. */
export interface LimitGrounds {
  readonly budget: Rate;
  readonly floor: number;
  /** Tests that Holm's correction took together. */
  readonly tests: number;
  /** The largest number of rows that one independent row stood for. */
  readonly largestEffect: number;
  readonly provisional: boolean;
}

/** A run with what it was judged by, and how it ended. */
export interface RunGrounds {
  readonly run: number;
  readonly model: string;
  readonly state: string;
  readonly reason: string;
  readonly outcome: string | undefined;
  readonly createdAt: Date;
  readonly finishedAt: Date | undefined;
  readonly trainer: string;
  readonly cut: Date;
  readonly asOfSeq: number;
  readonly policy: DecidingPolicy;
  readonly candidate: string | undefined;
  /** The watch over the version that it promoted; none when absent. */
  readonly watch?: WatchStanding | undefined;
  readonly gates: readonly GateOutcome[];
  readonly incident: number | undefined;
  /** The person or token that asked for it; undefined where a rule did. */
  readonly askedBy: string | undefined;
  /** The rule that asked for it, as it was asked. */
  readonly rule: RuleOutcome | undefined;
  /** The gates asked again about the recorded metrics; undefined where none were measured. */
  readonly recomputed: RecordComparison | undefined;
}

/** What the findings of a check say of where its limits come from. */
export function limitGrounds(
  findings: readonly Finding[],
  { budget, floor }: Pick<LimitGrounds, "budget" | "floor">,
): LimitGrounds {
  const alarming = findings.filter(({ observed }) => observed !== true);
  const effects = alarming.map(({ n, effective }) => (effective === undefined ? 1 : n / effective.n));
  return {
    ...{ budget, floor, tests: alarming.length },
    largestEffect: Math.max(1, ...effects),
    provisional: alarming.some(({ provisional }) => provisional === true),
  };
}
