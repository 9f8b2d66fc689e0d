/*
 * The loops that every value of a file goes through, in AssemblyScript: `npm run kernels` compiles them to WebAssembly, as
 * text in src/adapters/duckdb/kernels-binary.ts. A `usize` is an address in bytes; `n` is a number of doubles.
 * src/adapters/duckdb/workspace.ts says what each is for and how it is called.
 *
 * Why not in TypeScript: doubles are moved as whole 64-bit words, and comparisons are added as 0 or 1 where a branch would
 * be mispredicted every other time. Sorting takes a third of the time so, counting half.
 */

/** Moves values that are neither null nor NaN together; returns how many. A `validity` of 0 says that none is null. */
export function keepPresent(values: usize, n: i32, validity: usize): i32 {
  let to = values;
  for (let i = 0; i < n; i++) {
    const x = load<f64>(values + ((<usize>i) << 3));
    // Of NaN every comparison is false.
    const present = validity === 0 ? 1 : (load<u8>(validity + (i >> 3)) >> (i & 7)) & 1;
    store<f64>(to, x);
    to += (<usize>(present & i32(Math.abs(x) <= Infinity))) << 3;
  }
  return <i32>((to - values) >> 3);
}

/** Copies values with |x - middle| <= reach; returns how many. `into` may be `values`. */
export function keepAround(into: usize, values: usize, n: i32, middle: f64, reach: f64): i32 {
  const end = values + ((<usize>n) << 3);
  let to = into;
  for (let from = values; from < end; from += 8) {
    const x = load<f64>(from);
    store<f64>(to, x);
    to += (<usize>(Math.abs(x - middle) <= reach)) << 3;
  }
  return <i32>((to - into) >> 3);
}

/** Adds values to the cells between and at edges, found by an index whose grid has numbers of 16 bits. */
export function tally16(index: usize, cells: usize, extremes: usize, values: usize, n: i32): void {
  tally<u16>(index, cells, extremes, values, n);
}

/** The same with a grid of 32 bits. */
export function tally32(index: usize, cells: usize, extremes: usize, values: usize, n: i32): void {
  tally<u32>(index, cells, extremes, values, n);
}

/**
 * @param index     doubles: address of the edges (NaN after the last), address of the grid, squares, low, scale
 * @param extremes  doubles: least and largest finite value, how often +inf and -inf
 */
function tally<T>(index: usize, cells: usize, extremes: usize, values: usize, n: i32): void {
  const edges = <usize>load<f64>(index);
  const grid = <usize>load<f64>(index, 8);
  const last = <i32>load<f64>(index, 16) - 1;
  const low = load<f64>(index, 24);
  const scale = load<f64>(index, 32);
  const end = values + ((<usize>n) << 3);
  let least = load<f64>(extremes);
  let largest = load<f64>(extremes, 8);
  for (let p = values; p < end; p += 8) {
    const x = load<f64>(p);
    const square = min(max(<i32>((x - low) * scale), 0), last);
    const before = grid + <usize>square * sizeof<T>();
    let edge = edges + ((<usize>load<T>(before)) << 3);
    // Nearly every square has no edge or one.
    edge += (<usize>(load<f64>(edge) < x)) << 3;
    if (load<f64>(edge) < x) edge = search(edge, edges + ((<usize>load<T>(before, sizeof<T>())) << 3), x);
    // Two cells of four bytes for each edge of eight: the offset of one is that of the other.
    const cell = cells + (edge - edges) + ((<usize>(load<f64>(edge) === x)) << 2);
    store<u32>(cell, load<u32>(cell) + 1);
    if (x >= least && x <= largest) continue;
    if (x === Infinity) store<f64>(extremes, load<f64>(extremes, 16) + 1, 16);
    else if (x === -Infinity) store<f64>(extremes, load<f64>(extremes, 24) + 1, 24);
    else {
      least = x < least ? x : least;
      largest = x > largest ? x : largest;
    }
  }
  store<f64>(extremes, least);
  store<f64>(extremes, largest, 8);
}

/** The first edge from `a` to `b` that is not below x. */
function search(a: usize, b: usize, x: f64): usize {
  while (a < b) {
    const middle = a + (((b - a) >> 4) << 3);
    if (load<f64>(middle) < x) a = middle + 8;
    else b = middle;
  }
  return a;
}

/* Sorting. Bits of doubles become unsigned integers of the same order, and back. */

const counters = memory.data(3 * 2048 * 4);
const LOW_HALF = 0;
const HIGH_HALF = 32;
/** Moves by one place, for each value, that insertion may take before it is given up. */
const MOVES_PER_VALUE = 8;

/**
 * Radix sort by the high half of the bits, neighbours that share it put in order by insertion; where too many do, radix sort
 * by all bits.
 */
export function sort(values: usize, spare: usize, n: i32): void {
  makeKeys(values, n);
  let sorted = sortHalf(values, spare, n, HIGH_HALF);
  if (!insertInOrder(sorted, n)) {
    // What moved is still a permutation of all values, so sorting anew is right.
    sorted = sortHalf(sorted, sorted === values ? spare : values, n, LOW_HALF);
    sorted = sortHalf(sorted, sorted === values ? spare : values, n, HIGH_HALF);
  }
  makeDoubles(sorted, values, n);
}

/** Negative numbers are inverted, of others the sign is set. */
function makeKeys(values: usize, n: i32): void {
  const end = values + ((<usize>n) << 3);
  for (let p = values; p < end; p += 8) {
    const bits = load<i64>(p);
    store<i64>(p, bits ^ ((bits >> 63) | i64.MIN_VALUE));
  }
}

function makeDoubles(from: usize, to: usize, n: i32): void {
  const end = from + ((<usize>n) << 3);
  for (let p = from; p < end; p += 8, to += 8) {
    const key = load<i64>(p);
    store<i64>(to, key ^ (~(key >> 63) | i64.MIN_VALUE));
  }
}

/** By 10, 11 and 11 bits of one half, without changing the order of what shares it; returns where the keys are then. */
function sortHalf(keys: usize, spare: usize, n: i32, half: i32): usize {
  memory.fill(counters, 0, 3 * 2048 * 4);
  const end = keys + ((<usize>n) << 3);
  for (let p = keys; p < end; p += 8) {
    const bits = <u32>(load<u64>(p) >> half);
    count(counters + ((bits & 1023) << 2));
    count(counters + 8192 + (((bits >> 10) & 2047) << 2));
    count(counters + 16384 + ((bits >> 21) << 2));
  }
  let at = keys;
  at = scatter(at, at === keys ? spare : keys, n, counters, half, 1023);
  at = scatter(at, at === keys ? spare : keys, n, counters + 8192, half + 10, 2047);
  return scatter(at, at === keys ? spare : keys, n, counters + 16384, half + 21, 2047);
}

function count(counter: usize): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

/** One pass; none where all keys have the same digit. Returns where the keys are then. */
function scatter(from: usize, to: usize, n: i32, starts: usize, shift: u64, mask: u64): usize {
  let next: u32 = 0;
  for (let digit: usize = 0; digit <= <usize>mask; digit++) {
    const start = starts + (digit << 2);
    const rows = load<u32>(start);
    if (rows === n) return from;
    store<u32>(start, next);
    next += rows << 3;
  }
  const end = from + ((<usize>n) << 3);
  for (let p = from; p < end; p += 8) {
    const key = load<u64>(p);
    const start = starts + ((<usize>((key >> shift) & mask)) << 2);
    const at = load<u32>(start);
    store<u32>(start, at + 8);
    store<u64>(to + at, key);
  }
  return to;
}

/** Insertion sort of what is nearly sorted; false, with the keys in some order, when it takes too long. */
function insertInOrder(keys: usize, n: i32): bool {
  const end = keys + ((<usize>n) << 3);
  let moves = <i64>n * MOVES_PER_VALUE;
  let last: u64 = 0;
  for (let p = keys; p < end; p += 8) {
    const key = load<u64>(p);
    if (key >= last) {
      last = key;
      continue;
    }
    let at = p;
    while (at > keys && load<u64>(at - 8) > key) {
      store<u64>(at, load<u64>(at - 8));
      at -= 8;
    }
    store<u64>(at, key);
    moves -= (p - at) >> 3;
    if (moves < 0) return false;
  }
  return true;
}
