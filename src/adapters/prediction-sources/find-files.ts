import { realpath, stat } from "node:fs/promises";
import { glob } from "tinyglobby";
import { DriftwardError } from "../../core/errors.ts";
import { isInside, patternFolder } from "../../core/policy/check-predictions.ts";
import type { OfferedSources } from "../../core/prediction/source-settings.ts";
import type { FoundFile } from "../../ports/prediction-sources.ts";

/** Files of a pattern that may be read; see the port. Policies are not trusted: links are followed before it is asked. */
export async function findFiles(
  { allow, root, settleMs }: Pick<OfferedSources, "allow" | "root" | "settleMs">,
  pattern: string,
): Promise<readonly FoundFile[]> {
  const allowed = await Promise.all(allow.map((folder) => realpath(folder).catch(() => folder)));
  const refuse = (what: string) =>
    new DriftwardError("NotAllowed", `"${pattern}": ${what} lies in no folder that driftward.yaml allows`, {
      hint: `add its folder to files.allow; there: ${allow.join(", ") || "none"}`,
    });
  const folder = patternFolder(root, pattern);
  if (pattern.split("/").includes("..") || !allow.some((one) => isInside(one, folder))) throw refuse(folder);
  const paths = await glob(pattern, { cwd: root, absolute: true, onlyFiles: true, followSymbolicLinks: false });
  const found: FoundFile[] = [];
  for (const path of paths.sort()) {
    const real = await realpath(path);
    if (!allowed.some((one) => isInside(one, real))) throw refuse(path);
    const { size, mtime } = await stat(real);
    if (Date.now() - mtime.getTime() >= settleMs) found.push({ path: real, size, modifiedAt: new Date(mtime) });
  }
  return found;
}
