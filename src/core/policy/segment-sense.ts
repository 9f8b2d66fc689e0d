import { suggestName } from "../nearest-name.ts";
import { isClassScore, isContractName } from "../prediction/contract.ts";
import { alphaPerCheck } from "./power-sense.ts";
import { errorAt, hintAt, type PolicyProblem } from "./problem.ts";
import type { PolicyFile } from "./schema.ts";
import type { Locate } from "./schema-issues.ts";
import { mostSegments } from "./segments.ts";

/** Chances of a false alarm smaller than this are not told from none. */
const smallestAlpha = 1e-9;

/** What is wrong with the segments that rules are asked of, and whether the budget reaches for them. */
export function segmentProblems(file: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  const named = file.rules.flatMap(({ per, when }, index) => {
    if (per === undefined) return [];
    const found = nameProblem(file, per);
    if (found !== undefined) return [errorAt(locate(["rules", index, "per"]), found.message, found.hint)];
    return /\bperformance\s*\./.test(when)
      ? [
          errorAt(
            locate(["rules", index, "per"]),
            "performance is not measured by segment yet",
            "ask for performance of all rows, in a rule of its own",
          ),
        ]
      : [];
  });
  return named.length > 0 ? named : budgetProblems(file, locate);
}

function nameProblem(
  { data }: PolicyFile,
  per: string,
): { readonly message: string; readonly hint?: string } | undefined {
  if (!data.segments.includes(per)) {
    const hint = data.segments.length === 0 ? `add data: { segments: [${per}] }` : suggestName(per, data.segments);
    return { message: `"${per}" is not among data.segments`, ...(hint === undefined ? {} : { hint }) };
  }
  if (data.sensitive.includes(per))
    return {
      message: `"${per}" is sensitive, and incidents and mails would name its values`,
      hint: "take it out of data.sensitive, or ask this rule of all rows",
    };
  if (isContractName(per) || isClassScore(per) || per.includes("="))
    return { message: `"${per}" cannot divide rows`, hint: "segments are of a feature without = in its name" };
  return undefined;
}

/** What is left of the budget for one segment, when there are as many as there may be, or only two. */
function budgetProblems(file: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  const index = file.rules.findIndex(({ per }) => per !== undefined);
  const alpha = alphaPerCheck(file);
  if (index < 0 || alpha === undefined) return [];
  const smallestP = Math.max(smallestAlpha, 2 * Math.exp(-2 * file.window.min_rows));
  const whole = file.rules.some(({ per }) => per === undefined);
  const most = Math.floor((alpha * (whole ? 0.5 : 1)) / smallestP);
  if (most >= mostSegments) return [];
  const at = locate(["rules", index, "per"]);
  const hint = "allow more false alarms, check less often, or raise window.min_rows";
  if (most < 2)
    return [errorAt(at, "the alarm budget is too small to be shared by segments: no test could meet it", hint)];
  return [hintAt(at, `the alarm budget reaches for ${most} segments at most: with more, no test could meet it`, hint)];
}
