const blocks = "▁▂▃▄▅▆▇█";

/** Shares as a row of block characters, one a bin, the tallest full; an empty bin is a dot. */
export function sparkline(shares: readonly number[], tallest = Math.max(...shares, 0)): string {
  return shares
    .map((share) =>
      share <= 0 || tallest <= 0 ? "·" : (blocks[Math.min(7, Math.floor((share / tallest) * 8))] ?? "█"),
    )
    .join("");
}

/** Counts as shares of their sum; zeros when there is nothing. */
export function sharesOf(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total === 0 ? 0 : count / total));
}
