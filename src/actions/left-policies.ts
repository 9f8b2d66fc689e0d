import type { PolicyRevisionRow, State } from "../ports/state.ts";

export interface LeftPolicy {
  readonly model: string;
  readonly revision: PolicyRevisionRow;
  /** Whether its file is not there any more; one that is there governs the model no more. */
  readonly gone: boolean;
}

/** What was found in the configured place. */
export interface PlaceRead {
  /** The folder that its paths begin with; any path is of it when undefined. */
  readonly place: string | undefined;
  /** Models that its files govern. */
  readonly governed: readonly string[];
  /** Its files; `isRead` where one says what it governs. */
  readonly files: readonly { readonly path: string; readonly isRead: boolean }[];
}

/**
 * Policies in force of which the place that was read has no file any more, or whose file there names the model no more
 * (such as a value of `for_each`). One that was put in force from elsewhere by its own path is nothing of that place, and a
 * file that cannot be read is a problem and not gone.
 */
export async function leftPolicies(
  state: Pick<State, "models" | "policies">,
  { place, governed, files }: PlaceRead,
): Promise<readonly LeftPolicy[]> {
  const left: LeftPolicy[] = [];
  for (const { name, policyRevision } of await state.models.list()) {
    if (policyRevision === undefined || governed.includes(name)) continue;
    const revision = await state.policies.get(policyRevision);
    const file = files.find(({ path }) => path === revision.path);
    if (isWithin(place, revision.path) && file?.isRead !== false)
      left.push({ model: name, revision, gone: file === undefined });
  }
  return left;
}

function isWithin(place: string | undefined, path: string): boolean {
  if (place === undefined) return true;
  return place === "" ? !/^(\/|\.\.\/)/.test(path) : path.replace(/^(\.\/)+/, "").startsWith(`${place}/`);
}
