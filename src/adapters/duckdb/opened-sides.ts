import type { FeatureCounts, NumericBins } from "../../core/profile/bins.ts";
import type { CountEngine } from "../../ports/count-engine.ts";
import type { FittedFeature } from "./held-features.ts";
import { openToProfile } from "./profile.ts";
import { type BaselineInside, type ReadInside, readColumn, refineDistance } from "./refine-distance.ts";
import { queryNumber, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";
import type { Workspace } from "./workspace.ts";

export type SidesRequest = Parameters<CountEngine["compareSides"]>[0];

/** What crosses to the parent process. */
export interface EncodedSides {
  /** Absent where the request brought it. */
  readonly profile?: Uint8Array;
  readonly counts: Uint8Array;
  readonly distances: readonly (number | undefined)[];
}

export interface Side {
  readonly source: Source;
  /** FROM and WHERE. */
  readonly filtered: string;
  readonly rows: number;
}

export interface Work {
  readonly session: Session;
  readonly request: SidesRequest;
  /** Undefined where the stored profile is enough. */
  readonly baseline: Side | undefined;
  readonly live: Side;
  /** Columns that are held at once. */
  readonly together: number;
}

export async function openSide(session: Session, source: Source): Promise<Side> {
  const filtered = `FROM ${source.from} WHERE true`;
  return { source, filtered, rows: await queryNumber(session, `SELECT count(*) ${filtered}`) };
}

export async function openBaseline(
  session: Session,
  { baseline, features, profile, exact }: SidesRequest,
  names: readonly string[],
): Promise<Side | undefined> {
  if (profile === undefined) return openSide(session, await openToProfile(session, { files: baseline, features }));
  return exact ? openSide(session, await openSource(session, baseline, names)) : undefined;
}

export function sideReader(session: Session, side: Side | undefined, name: string): ReadInside {
  const column = side?.source.columns.get(name);
  return side === undefined || column === undefined ? () => {} : readColumn(session, side.filtered, column);
}

/** Undefined where a side has no value. */
export async function distanceOf(
  { bins, counts }: FittedFeature<NumericBins>,
  live: FeatureCounts,
  read: { readonly baseline: BaselineInside; readonly live: ReadInside },
  workspace: Workspace,
): Promise<number | undefined> {
  const isEmpty = ({ cells }: FeatureCounts): boolean => cells.every((count) => count === 0);
  if (isEmpty(counts) || isEmpty(live)) return undefined;
  return (await refineDistance({ bins, counts }, live, read, workspace)).statistic;
}
