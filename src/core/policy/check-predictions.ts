import type { OfferedSources } from "../prediction/source-settings.ts";
import type { Policy } from "./policy.ts";
import { errorAt, hintAt, type PolicyProblem } from "./problem.ts";

/** An absolute path without `.`, `..` and empty parts. */
function absolutePath(root: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : root}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The part of a pattern before its first sign of one, as an absolute folder. */
export function patternFolder(root: string, pattern: string): string {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => /[*?[\]{}!()]/.test(part));
  return absolutePath(root, parts.slice(0, first < 0 ? -1 : first).join("/") || (pattern.startsWith("/") ? "/" : "."));
}

/** Whether a path is a folder or lies in it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const [outer, inner] = [absolutePath("", folder), absolutePath("", path)];
  return outer === "/" || inner === outer || inner.startsWith(`${outer}/`);
}

/**
 * What is wrong between where a policy takes its predictions from and what driftward.yaml lets it: files outside of
 * the folders that are allowed are errors. A source that is not named there is a hint, because it may be elsewhere.
 */
export function checkPredictions({ data }: Policy, offered: OfferedSources): readonly PolicyProblem[] {
  const { predictions } = data;
  if (predictions === undefined) return [];
  if ("source" in predictions) {
    if (Object.hasOwn(offered.programs, predictions.source)) return [];
    const names = Object.keys(offered.programs).join(", ") || "none";
    return [
      hintAt(predictions.place, `driftward.yaml names no source "${predictions.source}"`, `sources there: ${names}`),
    ];
  }
  const folder = patternFolder(offered.root, predictions.files);
  if (!predictions.files.split("/").includes("..") && offered.allow.some((allowed) => isInside(allowed, folder)))
    return [];
  const allowed = offered.allow.join(", ") || "none";
  return [
    errorAt(
      predictions.place,
      `"${predictions.files}" lies in no folder that driftward.yaml allows`,
      `folders that files.allow has there: ${allowed}`,
    ),
  ];
}
