import { escape as escapeHtml } from "html-escaper";
import { percent } from "../format.ts";
import { barRowHeight, pictureColours, pictureSize } from "./picture.ts";
import type { Bin, Chart, Item, Letter, Link, Section, Table } from "./sections.ts";

// Contrast of white text on these is at least 4.5.
const accents: Record<Letter["tone"], string> = {
  critical: "#b3261e",
  warning: "#8f5300",
  good: "#1b6e3c",
  neutral: "#3c4654",
};

// Mail programs read little CSS: layout by tables, sizes inline, dark mode by a media query where it is known.
const style = `
body{margin:0;padding:0;background:#eef0f3;color:#1c2430;font:15px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}
.card{max-width:600px;margin:0 auto;background:#fff;overflow-wrap:anywhere}
.head{padding:18px 20px 16px}
.badge{display:inline-block;font-size:12px;font-weight:600;letter-spacing:.02em;color:#fff;padding:2px 10px;border-radius:10px}
h1{font-size:19px;line-height:1.35;margin:10px 0 0;font-weight:650}
.section{padding:14px 20px;border-top:1px solid #e3e7ec}
h2{font-size:13px;line-height:1.4;color:#556070;margin:0 0 6px;font-weight:600}
p{margin:0 0 6px}
td{overflow-wrap:anywhere}
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

/**
 * The whole letter as a page without scripts or pictures from elsewhere.
 *
 * @param addressOf  where the picture of a chart is found
 */
export function letterHtml(letter: Letter, title: string, addressOf: (chart: Chart) => string): string {
  const accent = accents[letter.tone];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><div class="card" style="border-top:5px solid ${accent}">
<div class="head">${badgeHtml(letter)}
<h1>${escapeHtml(letter.headline)}</h1></div>
${letter.sections.map((section) => sectionHtml(section, addressOf)).join("\n")}
<div class="foot small">${letter.footer.map(escapeHtml).join("<br>")}</div>
</div></body></html>
`;
}

function badgeHtml({ badge, tone }: Letter): string {
  if (badge === undefined) return "";
  return `<span class="badge" style="background:${accents[tone]}">${escapeHtml(badge)}</span>`;
}

type AddressOf = (chart: Chart) => string;

function sectionHtml(section: Section, addressOf: AddressOf): string {
  const { title, lines = [], items = [], table, links = [], code = [], closing = [] } = section;
  const drawn = items.some(({ chart }) => chart !== undefined);
  return [
    `<div class="section"><h2>${escapeHtml(title)}</h2>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...(drawn ? [legend()] : []),
    ...items.map((item) => itemHtml(item, addressOf)),
    ...(table === undefined ? [] : [tableHtml(table)]),
    ...links.map(linkHtml),
    ...(code.length === 0 ? [] : [`<div class="code">${code.map(escapeHtml).join("<br>")}</div>`]),
    ...closing.map((line) => `<p class="small">${escapeHtml(line)}</p>`),
    "</div>",
  ].join("\n");
}

function legend(): string {
  const box = (css: string) => `<span style="display:inline-block;width:8px;height:8px;${css}"></span>`;
  const baseline = box(`border:1.5px solid ${pictureColours.baseline}`);
  const live = box(`border:1.5px solid ${pictureColours.live};background:${pictureColours.live}`);
  return `<p class="small">${baseline} baseline &nbsp; ${live} live</p>`;
}

function itemHtml({ title, aside, lines, small, chart, link }: Item, addressOf: AddressOf): string {
  return [
    `<div class="item"><table role="presentation" width="100%"><tr><td class="title">${escapeHtml(title)}</td><td class="aside">${escapeHtml(aside)}</td></tr></table>`,
    ...(chart?.shape === "bars" ? [] : lines.map((line) => `<p>${escapeHtml(line)}</p>`)),
    ...(chart === undefined ? [] : [chartHtml(chart, title, lines, addressOf(chart))]),
    ...(small === "" ? [] : [`<p class="small">${escapeHtml(small)}</p>`]),
    ...(link === undefined ? [] : [linkHtml(link)]),
    "</div>",
  ].join("\n");
}

/** White on a blue of its own: mail programs that turn colours round leave what is filled alone. */
function linkHtml({ label, address }: Link): string {
  return `<p><a class="link" href="${escapeHtml(address)}" style="display:inline-block;background:#1f5fbf;color:#ffffff;padding:5px 12px;border-radius:6px;text-decoration:none;font-weight:600">${escapeHtml(label)}</a></p>`;
}

function tableHtml({ columns, rows }: Table): string {
  const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join("");
  const cell = ({ value, note }: Table["rows"][number][number]) =>
    `<td>${escapeHtml(value)}${note === undefined ? "" : `<br><span class="small">${escapeHtml(note)}</span>`}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n");
  return `<table class="data"><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

/** A picture without any words in it: what it shows stands beside it, and in what is read where it is not seen. */
function chartHtml(chart: Chart, title: string, lines: readonly string[], address: string): string {
  const { width, height } = pictureSize(chart);
  const alt = escapeHtml(`${title}, baseline against live: ${lines.join(" ")}`);
  const source = `src="${escapeHtml(address)}" alt="${alt}"`;
  if (chart.shape === "histogram") {
    const [first, last] = [chart.bins[0]?.label ?? "", chart.bins.at(-1)?.label ?? ""];
    const ends = `<tr><td class="small">${escapeHtml(first)}</td><td class="small" align="right">${escapeHtml(last)}</td></tr>`;
    return `<table role="presentation" width="100%" style="max-width:${width}px;margin:4px 0 2px"><tr><td colspan="2"><img ${source} width="${width}" style="display:block;width:100%;max-width:${width}px;height:auto;border:0"></td></tr>${ends}</table>`;
  }
  const picture = `<td rowspan="${chart.bins.length}" style="padding:0;vertical-align:top"><img ${source} width="${width}" height="${height}" style="display:block;width:100%;max-width:${width}px;height:${height}px;border:0"></td>`;
  const rows = chart.bins.map((bin, row) => barRow(bin, row === 0 ? picture : ""));
  return `<table role="presentation" width="100%" style="max-width:440px;margin:4px 0 2px;table-layout:fixed">${rows.join("")}</table>`;
}

/** A category: its name, beside it its part of the picture, and both shares in figures. */
function barRow({ label, baseline, live }: Bin, picture: string): string {
  const cell = `class="small" height="${barRowHeight}" style="height:${barRowHeight}px;line-height:16px;vertical-align:middle`;
  return `<tr><td ${cell};width:32%;padding:0 8px 0 0">${escapeHtml(label)}</td>${picture}<td ${cell};width:31%;white-space:nowrap;padding:0 0 0 8px" align="right">${percent(baseline)} → ${percent(live)}</td></tr>`;
}
