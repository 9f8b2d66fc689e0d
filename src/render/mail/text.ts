import { sparkline } from "../sparkline.ts";
import type { Cell, Chart, Item, Letter, Section, Table } from "./sections.ts";

const width = 72;

/** The whole letter as plain text, of 72 columns where words and commands allow. */
export function letterText(letter: Letter): string {
  const parts = [
    wrap(letter.headline),
    ...letter.sections.map(sectionText),
    ["-- ", ...letter.footer.map((line) => wrap(line))].join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function sectionText(section: Section): string {
  const { title, lines = [], items = [], table, links = [], code = [], closing = [] } = section;
  const parts = [
    title.toUpperCase(),
    ...lines.map((line) => wrap(line)),
    ...items.map(itemText),
    ...(table === undefined ? [] : [tableText(table)]),
    ...links.flatMap(({ label, address }) => [`${label}:`, address]),
    ...code.map((line) => `    ${line}`),
    ...closing.map((line) => wrap(line)),
  ];
  return parts.join("\n");
}

function itemText({ title, aside, lines, small, chart, link }: Item): string {
  const gap = " ".repeat(Math.max(2, width - 2 - title.length - aside.length));
  return [
    aside === "" ? `  ${title}` : `  ${title}${gap}${aside}`,
    ...lines.map((line) => wrap(line, "      ")),
    ...(chart?.shape === "histogram" ? histogramText(chart).map((line) => `      ${line}`) : []),
    ...(small === "" ? [] : [wrap(small, "      ")]),
    ...(link === undefined ? [] : [`      ${link.address}`]),
  ].join("\n");
}

/** Two rows of blocks; of categories the lines above tell what there is to tell. */
function histogramText({ bins }: Chart): readonly string[] {
  const tallest = Math.max(...bins.flatMap(({ baseline, live }) => [baseline, live]));
  const ends = `${bins[0]?.label ?? ""} … ${bins.at(-1)?.label ?? ""}`;
  const row = (side: "baseline" | "live") =>
    sparkline(
      bins.map((bin) => bin[side]),
      tallest,
    );
  return [`baseline ${row("baseline")}`, `live     ${row("live")}  (${ends})`];
}

function tableText({ columns, rows }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  if (widths.reduce((sum, one) => sum + one + 2, 0) > width) return stackedText({ columns, rows });
  return cells
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}

/** A table that is too wide, a row a block: the first cell, and the others below it beside their columns' names. */
function stackedText({ columns, rows }: Table): string {
  const [, ...others] = columns;
  const longest = Math.max(...others.map((name) => name.length));
  return rows
    .map(([first, ...rest]) => {
      const lines = rest.map((cell, i) => `      ${(others[i] ?? "").padEnd(longest)}  ${cellText(cell)}`.trimEnd());
      return [`  ${first === undefined ? "" : cellText(first)}`, ...lines].join("\n");
    })
    .join("\n");
}

function cellText({ value, note }: Cell): string {
  return note === undefined ? value : `${value} (${note})`;
}

function wrap(line: string, indent = ""): string {
  const lines: string[] = [];
  let current = indent;
  for (const word of line.split(" ")) {
    if (current !== indent && current.length + 1 + word.length > width) {
      lines.push(current);
      current = `${indent}${word}`;
    } else current = current === indent ? `${indent}${word}` : `${current} ${word}`;
  }
  return [...lines, current].join("\n");
}
