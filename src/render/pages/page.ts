import { createHash } from "node:crypto";
import { escape as escapeHtml } from "html-escaper";
import { percent } from "../format.ts";
import { pictureSvg } from "../mail/picture.ts";
import type { Chart, Item, Letter, Section, Table } from "../mail/sections.ts";

const style = `
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:#eef0f3;color:#1c2430;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:760px;margin:0 auto;background:#fff;min-height:100vh;overflow-wrap:anywhere}
header,section,footer{padding:16px 20px;border-top:1px solid #e3e7ec}
header{border-top:6px solid #3c4654}
header.critical{border-color:#b3261e}header.warning{border-color:#8f5300}header.good{border-color:#1b6e3c}
h1{font-size:21px;line-height:1.35;margin:8px 0 0}
h2{font-size:14px;color:#556070;margin:0 0 8px}
h3{font-size:16px;margin:14px 0 2px;display:flex;justify-content:space-between;gap:12px}
h3 span{font-weight:400;white-space:nowrap}
p{margin:0 0 6px}
.badge{display:inline-block;font-size:13px;font-weight:600;color:#fff;background:#3c4654;padding:2px 10px;border-radius:10px}
.small,th,footer{font-size:13.5px;color:#556070}
.said{border-left:4px solid #1b6e3c;padding:6px 12px;margin:10px 0 0}
.said.wrong{border-color:#b3261e}
pre{font:13.5px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:#f1f3f6;padding:8px 12px;border-radius:6px;margin:4px 0 6px;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}
th{text-align:left;font-weight:600;padding:0 10px 4px 0}
td{padding:6px 10px 6px 0;border-top:1px solid #e3e7ec;vertical-align:top}
svg{display:block;max-width:100%;height:auto;margin:4px 0}
ol{padding:0;margin:0;list-style:none}
li{display:flex;gap:14px;padding:3px 0}
time{color:#556070;white-space:nowrap;font-variant-numeric:tabular-nums}
form{margin:0 0 18px;display:grid;gap:8px}
label{display:grid;gap:3px;font-size:14px}
input,select,textarea,button{font:inherit;padding:7px 10px;border:1px solid #7c8796;border-radius:6px;background:#fff;color:inherit;width:100%}
button{width:auto;justify-self:start;background:#1f5fbf;border-color:#1f5fbf;color:#fff;font-weight:600;cursor:pointer}
button.no{background:#b3261e;border-color:#b3261e}
:focus-visible{outline:3px solid #2979d1;outline-offset:2px}
@media (prefers-color-scheme:dark){body{background:#0f1318;color:#e6eaf0}main{background:#191f27}
header,section,footer,td{border-color:#2f3844}header.critical{border-top-color:#e5534b}header.warning{border-top-color:#c98a2b}header.good{border-top-color:#3fa567}
h2,.small,th,footer,time{color:#a3afbf}pre,input,select,textarea{background:#242c37}}
`;

/** What a page may load and do, for its Content-Security-Policy: its own style and forms to where it came from. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

/** A page without scripts, links, or anything from elsewhere. @param body  HTML, escaped */
export function pageHtml(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main>
${body}
</main></body></html>
`;
}

/** The head of a letter as that of a page, with what was just done. */
export function headerHtml({ headline, tone, badge }: Letter, said: string | undefined): string {
  const mark = badge === undefined ? "" : `<span class="badge">${escapeHtml(badge)}</span>`;
  return `<header class="${tone}">${mark}<h1>${escapeHtml(headline)}</h1>${saidHtml(said)}</header>`;
}

function saidHtml(said: string | undefined): string {
  return said === undefined ? "" : `<p class="said" role="status">${escapeHtml(said)}</p>`;
}

export function sectionHtml({ title, lines = [], items = [], table, code = [], closing = [] }: Section): string {
  return [
    `<section><h2>${escapeHtml(title)}</h2>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...items.map(itemHtml),
    ...(table === undefined ? [] : [tableHtml(table)]),
    ...(code.length === 0 ? [] : [`<pre>${code.map(escapeHtml).join("\n")}</pre>`]),
    ...closing.map((line) => `<p class="small">${escapeHtml(line)}</p>`),
    "</section>",
  ].join("\n");
}

function itemHtml({ title, aside, lines, small, chart }: Item): string {
  return [
    `<h3>${escapeHtml(title)}<span>${escapeHtml(aside)}</span></h3>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...(chart === undefined ? [] : [chartHtml(chart, title)]),
    ...(small === "" ? [] : [`<p class="small">${escapeHtml(small)}</p>`]),
  ].join("\n");
}

/** The picture of the mail, and all its figures as a table. */
function chartHtml(chart: Chart, title: string): string {
  const label = escapeHtml(`${title}: baseline as an outline against live as a fill`);
  const drawn = pictureSvg(chart).replace("<svg ", `<svg role="img" aria-label="${label}" `);
  const rows = chart.bins.map(({ label: name, baseline, live }) => [name, percent(baseline), percent(live)]);
  const table = tableHtml({
    columns: ["value", "baseline (outline)", "live (fill)"],
    rows: rows.map((row) => row.map((value) => ({ value }))),
  });
  return `${drawn}${table}`;
}

function tableHtml({ columns, rows }: Table): string {
  const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join("");
  const cell = ({ value, note }: Table["rows"][number][number]) =>
    `<td>${escapeHtml(value)}${note === undefined ? "" : `<br><span class="small">${escapeHtml(note)}</span>`}</td>`;
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</tbody></table>`;
}
