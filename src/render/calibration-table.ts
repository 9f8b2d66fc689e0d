import { isOutput } from "../core/prediction/contract.ts";
import {
  baselineOf,
  type CalibrationReport,
  calibrationSentences,
  limitsText,
  ruledByText,
  smallestText,
} from "./calibration-report.ts";
import { number } from "./format.ts";
import { plainTable } from "./plain-table.ts";
import { plainText } from "./plain-text.ts";

/** A calibration for a terminal: what it comes to, then every feature with its limits. */
export function calibrationTable(report: CalibrationReport): string {
  const rows = report.calibration.features.map((feature) => [
    plainText(feature.feature) + (isOutput(feature.feature) ? " (output)" : ""),
    limitsText(feature),
    smallestText(feature),
    ruledByText(feature),
    number(Number(feature.measured.toPrecision(2))),
    number(Math.round(feature.m)),
  ]);
  const baseline = baselineOf(report);
  return [
    `${plainText(report.model)}${baseline === "" ? "" : `, ${baseline}`}`,
    ...calibrationSentences(report),
    "",
    plainTable(
      ["feature", "limits", "smallest change seen", "what rules it", "design effect", "effective rows of a window"],
      rows,
    ),
    "",
    "Smallest change seen: the share of rows that must move to be seen in four windows of five.",
  ].join("\n");
}
