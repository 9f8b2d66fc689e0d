/** Which independent unit each row belongs to; without `index` every row is its own. */
export interface Clusters {
  readonly count: number;
  readonly index?: Int32Array;
}

/**
 * Numbers the entities of the rows that are kept, in order of appearance. O(n).
 *
 * @param kept      positions of the rows that are kept
 * @param entities  one name a row, or nothing when every row is independent
 */
export function clustersOf(kept: Uint32Array, entities: readonly string[] | undefined): Clusters {
  if (entities === undefined) return { count: kept.length };
  const numbers = new Map<string, number>();
  const index = new Int32Array(kept.length);
  for (const [position, row] of kept.entries()) {
    const entity = entities[row] ?? "";
    const number = numbers.get(entity) ?? numbers.size;
    numbers.set(entity, number);
    index[position] = number;
  }
  return { count: numbers.size, index };
}
