import { escape as escapeHtml } from "html-escaper";
import { percent } from "../format.ts";
import type { Bin, Chart, Item, Letter, Section, Table } from "./sections.ts";

// Contrast of white text on these is at least 4.5.
const accents: Record<Letter["tone"], string> = {
  critical: "#b3261e",
  warning: "#8f5300",
  good: "#1b6e3c",
  neutral: "#3c4654",
};

/** Told apart on white and on black, and by people who see few colours. */
const colours = { baseline: "#8a94a3", live: "#2979d1" } as const;

/** Height of the tallest column of a histogram, in pixels. */
const tallest = 48;

// Mail programs read little CSS: layout by tables, sizes inline, dark mode by a media query where it is known.
const style = `
body{margin:0;padding:0;background:#eef0f3;color:#1c2430;font:15px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}
.card{max-width:600px;margin:0 auto;background:#fff}
.head{padding:18px 20px 16px}
.badge{display:inline-block;font-size:12px;font-weight:600;letter-spacing:.02em;color:#fff;padding:2px 10px;border-radius:10px}
h1{font-size:19px;line-height:1.35;margin:10px 0 0;font-weight:650}
.section{padding:14px 20px;border-top:1px solid #e3e7ec}
h2{font-size:13px;line-height:1.4;color:#556070;margin:0 0 6px;font-weight:600}
p{margin:0 0 6px}
h1,h2,p,td,code{overflow-wrap:anywhere}
.item{margin:0 0 14px}
table{border-collapse:collapse;border-spacing:0}
td,th{padding:0}
.item .title{font-weight:650}
.aside{text-align:right;white-space:nowrap;padding-left:12px;vertical-align:top}
.data{width:100%;font-size:14px;table-layout:fixed}
.data th{text-align:left;font-size:12px;font-weight:600;color:#556070;padding:0 10px 4px 0;vertical-align:bottom}
.data td{padding:6px 10px 6px 0;border-top:1px solid #e3e7ec;vertical-align:top}
.small{font-size:12.5px;line-height:1.45;color:#556070}
.code{font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:#f1f3f6;padding:8px 12px;border-radius:6px;margin:4px 0 6px;overflow-wrap:anywhere;white-space:pre-wrap}
.foot{padding:14px 20px 22px;border-top:1px solid #e3e7ec}
@media (prefers-color-scheme:dark){body{background:#0f1318!important;color:#e6eaf0!important}.card{background:#191f27!important}
h2,.data th,.small{color:#a3afbf!important}.section,.foot,.data td{border-color:#2f3844!important}.code{background:#242c37!important}}
`;

/** The whole letter as a self-contained page without scripts, pictures from elsewhere, or links. */
export function letterHtml(letter: Letter, title: string): string {
  const accent = accents[letter.tone];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><div class="card" style="border-top:5px solid ${accent}">
<div class="head">${badgeHtml(letter)}
<h1>${escapeHtml(letter.headline)}</h1></div>
${letter.sections.map(sectionHtml).join("\n")}
<div class="foot small">${letter.footer.map(escapeHtml).join("<br>")}</div>
</div></body></html>
`;
}

function badgeHtml({ badge, tone }: Letter): string {
  if (badge === undefined) return "";
  return `<span class="badge" style="background:${accents[tone]}">${escapeHtml(badge)}</span>`;
}

function sectionHtml({ title, lines = [], items = [], table, code = [], closing = [] }: Section): string {
  const drawn = items.some(({ chart }) => chart !== undefined);
  return [
    `<div class="section"><h2>${escapeHtml(title)}</h2>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...(drawn ? [legend()] : []),
    ...items.map(itemHtml),
    ...(table === undefined ? [] : [tableHtml(table)]),
    ...(code.length === 0 ? [] : [`<div class="code">${code.map(escapeHtml).join("<br>")}</div>`]),
    ...closing.map((line) => `<p class="small">${escapeHtml(line)}</p>`),
    "</div>",
  ].join("\n");
}

function legend(): string {
  const key = (side: keyof typeof colours) =>
    `<span style="display:inline-block;width:10px;height:10px;background:${colours[side]}"></span> ${side}`;
  return `<p class="small">${key("baseline")} &nbsp; ${key("live")}</p>`;
}

function itemHtml({ title, aside, lines, small, chart }: Item): string {
  return [
    `<div class="item"><table role="presentation" width="100%"><tr><td class="title">${escapeHtml(title)}</td><td class="aside">${escapeHtml(aside)}</td></tr></table>`,
    ...(chart?.shape === "bars" ? [] : lines.map((line) => `<p>${escapeHtml(line)}</p>`)),
    ...(chart === undefined ? [] : [chartHtml(chart)]),
    ...(small === "" ? [] : [`<p class="small">${escapeHtml(small)}</p>`]),
    "</div>",
  ].join("\n");
}

function tableHtml({ columns, rows }: Table): string {
  const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join("");
  const cell = ({ value, note }: Table["rows"][number][number]) =>
    `<td>${escapeHtml(value)}${note === undefined ? "" : `<br><span class="small">${escapeHtml(note)}</span>`}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n");
  return `<table class="data"><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

function chartHtml({ shape, bins }: Chart): string {
  return shape === "histogram" ? histogram(bins) : bars(bins);
}

/** Two columns a bin, side by side; the ends of the range are named below. */
function histogram(bins: readonly Bin[]): string {
  const highest = Math.max(...bins.flatMap(({ baseline, live }) => [baseline, live]));
  const column = (share: number, side: keyof typeof colours) =>
    `<div style="display:inline-block;width:44%;height:${Math.max(1, Math.round((share / highest) * tallest))}px;background:${colours[side]};vertical-align:bottom"></div>`;
  const wide = (100 / bins.length).toFixed(2);
  const cells = bins.map(
    (bin) =>
      `<td style="width:${wide}%;height:${tallest}px;vertical-align:bottom;font-size:0;line-height:0;padding:0 1px">${column(bin.baseline, "baseline")}${column(bin.live, "live")}</td>`,
  );
  const ends = `<table role="presentation" width="100%" class="small"><tr><td>${escapeHtml(bins[0]?.label ?? "")}</td><td align="right">${escapeHtml(bins.at(-1)?.label ?? "")}</td></tr></table>`;
  return `<table role="presentation" width="100%" style="max-width:440px;margin:4px 0 2px;table-layout:fixed"><tr>${cells.join("")}</tr><tr><td colspan="${bins.length}">${ends}</td></tr></table>`;
}

/** A row a category: its name, two bars, and both shares in figures. */
function bars(bins: readonly Bin[]): string {
  const highest = Math.max(...bins.flatMap(({ baseline, live }) => [baseline, live]));
  const bar = (share: number, side: keyof typeof colours) =>
    `<div style="width:${((share / highest) * 100).toFixed(1)}%;min-width:1px;height:6px;margin:1px 0;background:${colours[side]};font-size:0;line-height:0"></div>`;
  const rows = bins.map(
    (bin) =>
      `<tr><td class="small" style="width:32%;padding:3px 8px 3px 0">${escapeHtml(bin.label)}</td><td style="padding:3px 0">${bar(bin.baseline, "baseline")}${bar(bin.live, "live")}</td><td class="small" align="right" style="width:30%;white-space:nowrap;padding:3px 0 3px 8px">${percent(bin.baseline)} → ${percent(bin.live)}</td></tr>`,
  );
  return `<table role="presentation" width="100%" style="max-width:440px;margin:4px 0 2px;table-layout:fixed">${rows.join("")}</table>`;
}
