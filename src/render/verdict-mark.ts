import type picocolors from "picocolors";
import type { Verdict } from "../core/verdict.ts";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Shape and word carry the verdict; colour only adds to it. */
export const marks: Readonly<Record<Verdict, string>> = {
  ok: "✓ ok",
  warning: "▲ warning",
  critical: "✗ critical",
  inconclusive: "? inconclusive",
};

/** A verdict for a terminal. */
export function verdictMark(verdict: Verdict, colors: Colors): string {
  const paint = { ok: colors.green, warning: colors.yellow, critical: colors.red, inconclusive: colors.cyan }[verdict];
  return paint(marks[verdict]);
}
