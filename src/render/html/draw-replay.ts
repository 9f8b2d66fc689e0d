import type { Replay, ReplayedCheck, ReplayedIncident } from "../../core/replay/replay.ts";
import { instant } from "../format.ts";
import { ruleText } from "../segment-words.ts";
import { htmlText } from "./page.ts";

const [width, label, lane] = [1100, 190, 26];

/** What each verdict looks like: its height tells it as well as its colour. */
const looks = {
  ok: { fill: "var(--good)", height: 5 },
  warning: { fill: "var(--drift)", height: 12 },
  critical: { fill: "var(--bad)", height: 20 },
  inconclusive: { fill: "var(--unsure)", height: 2 },
} as const;

/** A replay over time: a lane of verdicts, a lane for the incidents of each rule, a lane of retrains and promotions. */
export function drawReplay(replay: Replay): string {
  const [from, to] = [replay.from.getTime(), Math.max(replay.to.getTime(), ...replay.checks.map((c) => +c.slot))];
  const at = (time: Date): number =>
    round(label + (width - label - 10) * Math.min(1, Math.max(0, (time.getTime() - from) / (to - from))));
  const rules = [...new Set(replay.incidents.map(ruleText))];
  const acts = replay.runs.length + replay.promotions.length > 0;
  const lanes = 1 + rules.length + (acts ? 1 : 0);
  const height = 30 + lanes * lane + 8;
  const parts = [
    ticks(replay, at, height),
    laneName(0, "verdicts"),
    ...stretches(replay.checks).map((stretch) => drawStretch(stretch, at)),
    ...rules.map((rule, i) => laneName(i + 1, rule)),
    ...replay.incidents.map((incident) =>
      drawIncident(incident, { y: top(1 + rules.indexOf(ruleText(incident))), at, to }),
    ),
    ...(acts ? [laneName(lanes - 1, "retrains, champions"), ...drawActs(replay, at, top(lanes - 1))] : []),
  ];
  const told = `${replay.checks.length} checks, ${replay.incidents.length} incidents, ${replay.runs.length} retrains asked for`;
  return `<div class="scroll"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${htmlText(told)}" style="display:block;width:100%;min-width:760px;font-size:12px;fill:var(--soft)">${parts.join("\n")}</svg></div>`;
}

function top(index: number): number {
  return 30 + index * lane;
}

function laneName(index: number, name: string): string {
  const shown = name.length > 28 ? `${name.slice(0, 27)}…` : name;
  const y = top(index);
  return `<text x="0" y="${y + 17}" style="fill:var(--ink)">${htmlText(shown)}</text><path d="M${label} ${y + lane - 2}H${width - 10}" style="stroke:var(--line)"/>`;
}

interface Stretch {
  readonly verdict: ReplayedCheck["verdict"];
  readonly from: Date;
  readonly to: Date;
  readonly checks: number;
}

/** Checks in a row with the same verdict, as one; a check stands for the time since the one before it. */
function stretches(checks: readonly ReplayedCheck[]): readonly Stretch[] {
  const found: Stretch[] = [];
  const [first, second] = checks;
  const step = first !== undefined && second !== undefined ? second.slot.getTime() - first.slot.getTime() : 0;
  for (const { verdict, slot } of checks) {
    const last = found.at(-1);
    if (last?.verdict === verdict) found[found.length - 1] = { ...last, to: slot, checks: last.checks + 1 };
    else found.push({ verdict, from: last?.to ?? new Date(slot.getTime() - step), to: slot, checks: 1 });
  }
  return found;
}

function drawStretch({ verdict, from, to, checks }: Stretch, at: (time: Date) => number): string {
  const { fill, height } = looks[verdict];
  const x = at(from);
  const title = `${verdict}: ${checks} ${checks === 1 ? "check" : "checks"} up to ${instant(to)}`;
  const wide = Math.max(1.5, at(to) - x - 0.4);
  return `<rect x="${x}" y="${top(0) + lane - 2 - height}" width="${round(wide)}" height="${height}" style="fill:${fill}"><title>${htmlText(title)}</title></rect>`;
}

function drawIncident(
  { rule, segment, severity, openedAt, resolvedAt, resolution, before }: ReplayedIncident,
  { y, at, to }: { readonly y: number; readonly at: (time: Date) => number; readonly to: number },
): string {
  const [x, end] = [at(openedAt), at(resolvedAt ?? new Date(to))];
  const color = severity === "critical" ? "var(--bad)" : "var(--drift)";
  const until = resolvedAt === undefined ? "open" : `until ${instant(resolvedAt)}: ${resolution ?? ""}`;
  const title = `${ruleText({ rule, segment })} (${severity}), ${before ? "open before" : `from ${instant(openedAt)}`}, ${until}`;
  const mark = severity === "critical" ? "✗" : "▲";
  const bar = `<rect x="${x}" y="${y + 9}" width="${round(Math.max(2, end - x))}" height="8" rx="2" style="fill:${color}"/>`;
  const sign = before ? "" : `<text x="${x - 4}" y="${y + 8}" style="fill:${color};font-size:10px">${mark}</text>`;
  return `<g><title>${htmlText(title)}</title>${bar}${sign}</g>`;
}

function drawActs(replay: Replay, at: (time: Date) => number, y: number): readonly string[] {
  const runs = replay.runs.map((run) => {
    const started = run.outcome === "started";
    const title = `${started ? "retrain" : "retrain refused"} ${instant(run.at)}: ${run.reason}`;
    const x = at(run.at);
    const style = started ? "fill:var(--live)" : "fill:none;stroke:var(--soft)";
    return `<circle cx="${x}" cy="${y + 13}" r="5" style="${style}"><title>${htmlText(title)}</title></circle>`;
  });
  const promotions = replay.promotions.map(({ at: when, version, baselineOnly }) => {
    const x = at(when);
    const title = `version ${version} ${baselineOnly === true ? "got another baseline" : "became champion"}, ${instant(when)}`;
    return `<g><title>${htmlText(title)}</title><path d="M${x} 24V${y + lane}" style="stroke:var(--live-ink);stroke-dasharray:2 3"/><text ${beside(x, 8)} y="${y + 17}" style="fill:var(--live-ink)">★ ${htmlText(version)}</text></g>`;
  });
  return [...promotions, ...runs];
}

const dayMs = 86_400_000;

/** Lines of time: days, weeks or months, whatever gives a readable number. */
function ticks(replay: Replay, at: (time: Date) => number, height: number): string {
  const [from, to] = [replay.from.getTime(), replay.to.getTime()];
  const days = (to - from) / dayMs;
  const times: Date[] = [];
  if (days > 75) {
    const stride = Math.ceil(days / 30 / 14);
    const start = new Date(Date.UTC(replay.from.getUTCFullYear(), replay.from.getUTCMonth(), 1));
    for (let month = 0; ; month += stride) {
      const time = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month, 1));
      if (time.getTime() > to) break;
      if (time.getTime() >= from) times.push(time);
    }
  } else {
    const stride = Math.max(1, Math.ceil(days / 12)) * dayMs;
    for (let time = Math.ceil(from / dayMs) * dayMs; time <= to; time += stride) times.push(new Date(time));
  }
  const text = (time: Date) => (days > 75 ? time.toISOString().slice(0, 7) : time.toISOString().slice(5, 10));
  return times
    .map((time) => {
      const x = at(time);
      return `<path d="M${x} 18V${height - 4}" style="stroke:var(--line)"/>${x > width - 60 ? "" : `<text x="${x + 3}" y="14">${text(time)}</text>`}`;
    })
    .join("");
}

/** To the right of a place, or to the left where there is no room. */
function beside(x: number, gap: number): string {
  return x > width - 70 ? `x="${round(x - gap)}" text-anchor="end"` : `x="${round(x + gap)}"`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
