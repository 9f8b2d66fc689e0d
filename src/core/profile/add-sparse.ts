/**
 * Adds a sparse run to cells: of each filled cell the gap to the one before and what it holds, as whole numbers (see
 * `ByteWriter`). The hot loop of summing hours, where nearly every number is of one byte.
 *
 * @param at      where the run begins
 * @param filled  pairs
 * @returns where the run ends; undefined when a cell lies beyond the last, a number is too large or the bytes end before:
 *          what was added then is to be thrown away
 */
export function addSparse(cells: Float64Array, bytes: Uint8Array, at: number, filled: number): number | undefined {
  const last = new Int32Array(1).fill(-1);
  let place = at;
  for (let left = filled; left > 0; ) {
    const added = addShort(cells, bytes, place, left, last);
    place += 2 * added;
    left -= added;
    if (left === 0) return place;
    const cell = (last[0] as number) + 1 + wholeAt(bytes, place);
    place = endOfWhole(bytes, place);
    const count = wholeAt(bytes, place);
    place = endOfWhole(bytes, place);
    // Past the end of the bytes there is no number.
    if (!(cell < cells.length && count <= Number.MAX_SAFE_INTEGER)) return undefined;
    cells[cell] = (cells[cell] as number) + count;
    last[0] = cell;
    left -= 1;
  }
  return place;
}

/**
 * Adds pairs until one has a number of more than one byte, lies beyond the last cell, or none is left; returns how many.
 * Without a call in it the loop takes half of the time.
 *
 * @param last  the cell added to last
 */
function addShort(cells: Float64Array, bytes: Uint8Array, at: number, most: number, last: Int32Array): number {
  let cell = last[0] as number;
  let added = 0;
  for (let place = at; added < most; place += 2) {
    const gap = bytes[place] as number;
    const count = bytes[place + 1] as number;
    if (!((gap | count) < 128) || place + 1 >= bytes.length) break;
    const next = cell + 1 + gap;
    if (next >= cells.length) break;
    cell = next;
    cells[cell] = (cells[cell] as number) + count;
    added += 1;
  }
  last[0] = cell;
  return added;
}

function wholeAt(bytes: Uint8Array, at: number): number {
  let [value, scale] = [0, 1];
  for (let place = at; ; place += 1) {
    const next = bytes[place] as number;
    value += (next % 128) * scale;
    if (!(next >= 128)) return value;
    scale *= 128;
  }
}

function endOfWhole(bytes: Uint8Array, at: number): number {
  let place = at;
  while ((bytes[place] as number) >= 128) place += 1;
  return place + 1;
}
