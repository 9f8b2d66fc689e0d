import type { Finding } from "../../core/drift/finding.ts";
import type { RankedFeature } from "../../core/drift/rank-features.ts";
import type { Shape } from "../../core/drift/shape.ts";
import { isOutput } from "../../core/prediction/contract.ts";
import { number, percent, pValue } from "../format.ts";
import { segmentText } from "../segment-words.ts";
import { drawShape, shapeOfEvidence } from "./draw-shape.ts";
import { htmlText } from "./page.ts";

/** One feature: how its values lie on both sides, what moved where, and its tests beside their limits. */
export function featureCard(ranked: RankedFeature, shape: Shape | undefined): string {
  const { feature, segment, drifted, observed, first, findings } = ranked;
  const name = htmlText(
    `${feature}${segment === "" ? "" : ` [${segmentText(segment)}]`}${observed ? " (observed)" : ""}${isOutput(feature) ? " (output)" : ""}`,
  );
  const drawn = shape ?? shapeOfEvidence(first.evidence);
  const moved = `${percent(first.moved)} moved`;
  const what = first.direction ?? (drifted ? "values are not shown" : "");
  const label = `Distribution of ${feature}, ${drifted ? "drifted" : "no drift"}: ${first.direction ?? moved}`;
  return `<article class="box card${drifted ? "" : " steady"}">
<div class="head"><h3>${drifted ? '<span class="mark" role="img" aria-label="drifted">▲</span>' : ""}${name}</h3><span class="moved" title="at least ${percent(first.movedAtLeast)}">${htmlText(moved)}</span></div>
${drawn === undefined ? "" : drawShape(drawn, label)}
${drifted ? `<p class="what">${htmlText(what)}</p>` : ""}
<table class="tests"><tbody>${findings.map(testRow).join("")}</tbody></table></article>`;
}

/** Short, so that a row fits on a telephone. */
const testNames: Readonly<Record<Finding["test"], string>> = { psi: "PSI", ks: "KS", chi_square: "χ²" };

function testRow({ test, statistic, lower, upper, limit, pCorrected, pValue: own }: Finding): string {
  const over = limit !== undefined && statistic >= limit;
  // Where only bounds are known, one of them tells the verdict.
  const bound = over ? `≥ ${number(lower)}` : `≤ ${number(upper)}`;
  const value = lower === upper ? number(statistic) : bound;
  const p = pValue(pCorrected ?? own);
  return `<tr${over ? ' class="over"' : ""}><th scope="row">${testNames[test]}</th><td class="meter">${limit === undefined ? "" : meter(statistic / limit)}</td><td>${value}${limit === undefined ? "" : ` / ${number(limit)}`}</td><td>${p === "" ? "" : htmlText(`p ${p}`)}</td></tr>`;
}

/** The limit stands in the middle; twice as far from it is twice as many times the limit, closing in on the end. */
function meter(ratio: number): string {
  const at = Math.round((100 * ratio) / (1 + ratio));
  return `<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><path class="track" d="M0 2H100V8H0Z"/><path class="value" d="M0 2H${at}V8H0Z"/><path class="limit" d="M50 0V10"/></svg>`;
}
