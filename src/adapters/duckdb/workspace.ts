import { DriftwardError } from "../../core/errors.ts";
import type { AroundRange } from "./around-range.ts";
import { indexEdges } from "./edge-index.ts";
import { kernelsBinary } from "./kernels-binary.ts";

/**
 * Memory for columns of numbers, with the loops over them in WebAssembly (scripts/kernels.ts): sorting takes a third of
 * the time of the same in JavaScript, counting half. All arrays are parts of one block that never grows.
 */
export interface Workspace {
  /**
   * An array, holding anything.
   *
   * @throws EngineFailed when there is no room
   */
  doubles(length: number): Float64Array;
  /** What is taken while `use` runs is free again afterwards. */
  lend<Result>(use: () => Promise<Result>): Promise<Result>;
  /**
   * Copies values that are neither null nor NaN to the beginning of an array of the workspace, which has room for all;
   * returns how many.
   *
   * @param validity  bit i of byte i / 8 is 1 where value i is not null; undefined where none is null
   */
  keepPresent(into: Float64Array, values: Float64Array, validity: Uint8Array | undefined): number;
  /** Copies values that lie around a range to the beginning of an array of the workspace; returns how many. */
  keepAround(into: Float64Array, values: Float64Array, range: AroundRange): number;
  /**
   * Sorts numbers of the workspace in place, ascending: -Infinity first, -0 before 0. No NaN. O(n).
   *
   * @param spare  of at least as many doubles; what it holds is lost
   */
  sort(values: Float64Array, spare: Float64Array): Float64Array;
  /** @param edges  of `NumericBins` */
  createCells(edges: Float64Array): HeldCells;
}

/** What falls into the cells between and at some edges. */
export interface HeldCells {
  /** 2K + 1 counts, see `NumericBins`. */
  readonly cells: Uint32Array;
  /** Least and largest finite value (+inf and -inf where there is none); how often +inf, how often -inf. */
  readonly extremes: Float64Array;
  /** Adds numbers of the workspace. No NaN. */
  add(values: Float64Array): void;
}

/** What each column of cells takes at most, in bytes. Memory that is not written to costs nothing. */
export function bytesOfCells(edges: number): number {
  return 64 * edges + 1_024;
}

/** The compiled loops; addresses and lengths as in scripts/kernels.ts. */
interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  keepPresent(values: number, n: number, validity: number): number;
  keepAround(into: number, values: number, n: number, middle: number, reach: number): number;
  tally16(index: number, cells: number, extremes: number, values: number, n: number): void;
  tally32(index: number, cells: number, extremes: number, values: number, n: number): void;
  sort(values: number, spare: number, n: number): void;
}

// The types that Node comes with do not have it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const compiled = new WebAssembly.Module(Buffer.from(kernelsBinary, "base64"));

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65_536;

/** Below this lie the loops' own tables. */
const FIRST = PAGE;

/** @param bytes  room for all arrays, each rounded up to whole 8 bytes */
export function openWorkspace(bytes: number): Workspace {
  const kernels = new WebAssembly.Instance(compiled).exports as Kernels;
  kernels.memory.grow(Math.ceil((FIRST + bytes) / PAGE));
  const { buffer } = kernels.memory;
  let free = FIRST;
  const take = (size: number): number => {
    const at = free;
    if (at + size > buffer.byteLength)
      throw new DriftwardError("EngineFailed", `expected at most ${bytes} bytes of numbers, got more`);
    free += Math.ceil(size / 8) * 8;
    return at;
  };
  const doubles = (length: number): Float64Array => new Float64Array(buffer, take(8 * length), length);
  const flags = take(PAGE);
  return {
    doubles,
    async lend(use) {
      const before = free;
      try {
        return await use();
      } finally {
        free = before;
      }
    },
    keepPresent(into, values, validity) {
      into.set(values);
      if (validity !== undefined) new Uint8Array(buffer, flags, validity.length).set(validity);
      return kernels.keepPresent(into.byteOffset, values.length, validity === undefined ? 0 : flags);
    },
    keepAround(into, values, { middle, reach }) {
      const isOwn = values.buffer === buffer;
      if (!isOwn) into.set(values);
      const from = isOwn ? values.byteOffset : into.byteOffset;
      return kernels.keepAround(into.byteOffset, from, values.length, middle, reach);
    },
    sort(values, spare) {
      kernels.sort(values.byteOffset, spare.byteOffset, values.length);
      return values;
    },
    createCells(edges) {
      const { edges: closed, grid, low, scale } = indexEdges(edges);
      const ownEdges = doubles(closed.length);
      ownEdges.set(closed);
      const ownGrid = take(grid.byteLength);
      new Uint8Array(buffer, ownGrid, grid.byteLength).set(new Uint8Array(grid.buffer));
      const index = doubles(5);
      index.set([ownEdges.byteOffset, ownGrid, grid.length - 1, low, scale]);
      const cells = new Uint32Array(buffer, take(8 * closed.length), 2 * edges.length + 1).fill(0);
      const extremes = doubles(4);
      extremes.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]);
      const tally = grid instanceof Uint16Array ? kernels.tally16 : kernels.tally32;
      return {
        cells,
        extremes,
        add: (values) =>
          tally(index.byteOffset, cells.byteOffset, extremes.byteOffset, values.byteOffset, values.length),
      };
    },
  };
}
