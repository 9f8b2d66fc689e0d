import { DriftwardError } from "../core/errors.ts";

/** One thing that Driftward needs: `look` says what it found, or throws what is wrong. */
export interface Probe {
  readonly name: string;
  readonly look: () => Promise<string>;
  /** What to do when it fails and the error does not say so itself. */
  readonly remedy: string;
}

export interface Diagnosis {
  readonly name: string;
  readonly works: boolean;
  readonly found: string;
  readonly remedy: string | undefined;
}

/** Looks at everything that Driftward needs, one after the other, and says what would not work and how to mend it. */
export async function diagnose(probes: readonly Probe[]): Promise<readonly Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const probe of probes) diagnoses.push(await examine(probe));
  return diagnoses;
}

async function examine({ name, look, remedy }: Probe): Promise<Diagnosis> {
  try {
    return { name, works: true, found: await look(), remedy: undefined };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { name, works: false, found, remedy: (error instanceof DriftwardError ? error.hint : undefined) ?? remedy };
  }
}
