import type { Finding } from "../../core/drift/finding.ts";
import type { PerformanceFinding } from "../../core/drift/rule-facts.ts";
import { isUnmeasurable } from "../../core/metrics/metric.ts";
import type { CheckRow, State } from "../../ports/state.ts";
import { number } from "../../render/format.ts";
import { plainText } from "../../render/plain-text.ts";

/** Features that are named; more are counted. */
const named = 3;

/** How things stand at a check, in one line: the version, its error beside what was promised, what drifted. */
export async function describeStanding(state: State, check: CheckRow): Promise<string> {
  const findings = (await state.checks.findings(check.id)).map((row) => row.body as Finding);
  const drifted = [
    ...new Set(findings.filter((finding) => finding.drifted).map((finding) => plainText(finding.feature))),
  ];
  const version =
    check.versionId === undefined ? "" : `v${plainText((await state.versions.get(check.versionId)).name)} `;
  const more = drifted.length > named ? ` and ${drifted.length - named} more` : "";
  const drift = drifted.length === 0 ? "no drift" : `${drifted.slice(0, named).join(", ")}${more} drifted`;
  return `${version}${errorOf(check)}, ${drift}`;
}

function errorOf(check: CheckRow): string {
  const { findings = [] } = check.performance as { readonly findings?: readonly PerformanceFinding[] };
  const mae = findings.find((one) => one.metric === "mae");
  if (mae === undefined || isUnmeasurable(mae.now)) return "mae: labels not ripe yet";
  return `mae ${number(mae.now.value)}${mae.promised === undefined ? "" : ` (promised ${number(mae.promised.value)})`}`;
}
