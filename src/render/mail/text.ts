import { sparkline } from "../sparkline.ts";
import type { Cell, Letter, Section, Table } from "./sections.ts";

const width = 76;

/** The whole letter as plain text of at most 76 columns where words allow. */
export function letterText(letter: Letter): string {
  const parts = [
    wrap(letter.headline),
    ...letter.sections.map(sectionText),
    letter.footer.map((line) => wrap(line)).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function sectionText({ title, lines = [], table, code = [] }: Section): string {
  const parts = [
    title.toUpperCase(),
    ...lines.map((line) => wrap(line)),
    ...(table === undefined ? [] : [tableText(table)]),
    ...code.map((line) => `    ${line}`),
  ];
  return parts.join("\n");
}

function tableText({ columns, rows }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}

function cellText(cell: Cell): string {
  if (typeof cell === "string") return cell;
  const { baseline, window } = cell.bars;
  const tallest = Math.max(...baseline, ...window, 0);
  return baseline.length === 0 ? "" : `${sparkline(baseline, tallest)} → ${sparkline(window, tallest)}`;
}

function wrap(line: string): string {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current].join("\n");
}
