import type { Counts, Profile } from "../../core/profile/bins.ts";
import { emptyCounts } from "../../core/profile/empty-counts.ts";
import type { Window } from "../../core/window.ts";
import type { CalibrationPorts } from "./calibrate-baseline.ts";
import { createSeasons, type SeasonPorts } from "./match-season.ts";

/** A baseline as it is used: without the hours in quarantine. */
export interface KeptBaseline {
  readonly profile: Profile;
  /** The spans that rows of it were left out for; empty when it has none there, or its rows have no times. */
  readonly except: readonly Window[];
}

/** Leaves the hours in quarantine out of a baseline; the bins stay as they were fitted. */
export async function keptBaseline(
  ports: CalibrationPorts & Pick<SeasonPorts, "seasons">,
  baseline: { readonly modelId: string; readonly baselineId: string; readonly profile: Profile },
  except: readonly Window[],
): Promise<KeptBaseline> {
  const { profile } = baseline;
  if (except.length === 0) return { profile, except };
  const seasons = ports.seasons ?? createSeasons(ports);
  const rowsOf = async (spans: readonly Window[]): Promise<Counts | undefined> =>
    (await seasons.of({ ...baseline, match: [], except: spans }))[0]?.counts;
  const [all, kept] = [await rowsOf([]), await rowsOf(except)];
  if (all === undefined || all.rows === kept?.rows) return { profile, except: [] };
  return { profile: { bins: profile.bins, counts: kept ?? emptyCounts(profile.bins) }, except };
}
