import { escape as escapeHtml } from "html-escaper";
import type { Cell, Letter, Section, Table } from "./sections.ts";

const accents: Record<Letter["tone"], string> = {
  critical: "#b3261e",
  warning: "#9a5b00",
  good: "#1b6e3c",
  neutral: "#3c4654",
};

// Mail programs read little CSS: widths in tables, colours inline, dark mode by a media query where it is known.
const style = `
body{margin:0;padding:0;background:#f3f4f6;color:#1c2430;font:15px/1.5 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif}
.card{max-width:600px;margin:0 auto;background:#ffffff}
.pad{padding:20px}
h1{font-size:18px;line-height:1.35;margin:0}
h2{font-size:13px;letter-spacing:.04em;text-transform:uppercase;color:#556070;margin:22px 0 6px}
p{margin:0 0 6px}
table.data{border-collapse:collapse;width:100%;font-size:13px}
table.data th{text-align:left;font-weight:600;color:#556070;padding:4px 8px 4px 0;border-bottom:1px solid #d5dae1}
table.data td{padding:5px 8px 5px 0;border-bottom:1px solid #e8ebef;vertical-align:bottom;word-break:break-word}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:#eef0f3;padding:2px 5px;border-radius:3px;word-break:break-word}
.small{font-size:12px;color:#556070}
@media (prefers-color-scheme:dark){body{background:#12161c!important;color:#e6eaf0!important}.card{background:#1b212a!important}
h2,table.data th,.small{color:#a3afbf!important}table.data td,table.data th{border-color:#333c49!important}code{background:#2a323e!important;color:#e6eaf0!important}}
`;

/** The whole letter as a self-contained page without scripts, pictures from elsewhere, or links. */
export function letterHtml(letter: Letter, title: string): string {
  const body = letter.sections.map(sectionHtml).join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><div class="card"><div class="pad" style="border-top:6px solid ${accents[letter.tone]}">
<h1>${escapeHtml(letter.headline)}</h1>
${body}
<p class="small" style="margin-top:24px">${letter.footer.map(escapeHtml).join("<br>")}</p>
</div></div></body></html>
`;
}

function sectionHtml({ title, lines = [], table, code = [] }: Section): string {
  return [
    `<h2>${escapeHtml(title)}</h2>`,
    ...lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...(table === undefined ? [] : [tableHtml(table)]),
    ...code.map((line) => `<p><code>${escapeHtml(line)}</code></p>`),
  ].join("\n");
}

function tableHtml({ columns, rows }: Table): string {
  const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join("");
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cellHtml(cell)}</td>`).join("")}</tr>`).join("\n");
  return `<table class="data"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function cellHtml(cell: Cell): string {
  if (typeof cell === "string") return escapeHtml(cell);
  const { baseline, window } = cell.bars;
  if (baseline.length === 0) return "";
  const tallest = Math.max(...baseline, ...window, 1e-9);
  const bar = (share: number, colour: string) =>
    `<td style="border:0;padding:0 1px 0 0;vertical-align:bottom"><div style="width:5px;height:${Math.max(1, Math.round((share / tallest) * 26))}px;background:${colour}"></div></td>`;
  const side = (shares: readonly number[], colour: string) =>
    `<table role="presentation" style="display:inline-table;border-collapse:collapse;margin-right:8px"><tr>${shares.map((share) => bar(share, colour)).join("")}</tr></table>`;
  return side(baseline, "#8a94a3") + side(window, "#0b6bcb");
}
