/**
 * The name of a new version: the next number in the way the champion is named (`7` after `6`, `v4` after `v3`), or
 * `r<run>` where names are no numbers. Never one that is taken.
 */
export function nextVersionName(taken: readonly string[], champion: string | undefined, run: number): string {
  const [, prefix, digits] = /^(v?)(\d{1,9})$/.exec(champion ?? "") ?? [];
  if (prefix === undefined || digits === undefined) return firstFree(taken, `r${run}`);
  const pattern = new RegExp(`^${prefix}(\\d{1,9})$`);
  const numbers = taken.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
  return firstFree(taken, `${prefix}${Math.max(Number(digits), ...numbers) + 1}`);
}

function firstFree(taken: readonly string[], name: string): string {
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}.${n}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
