import type { LogFileRow } from "../../ports/state.ts";

/** A file of the log with its times as numbers. */
export interface TimedFile {
  readonly file: LogFileRow;
  readonly seq: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Every check of a replay asks for its files among all: numbers compare much faster than dates. */
export function timedFiles(files: readonly LogFileRow[]): readonly TimedFile[] {
  return files.map((file) => ({
    file,
    seq: file.seq,
    firstMs: file.firstAt.getTime(),
    lastMs: file.lastAt.getTime(),
  }));
}

/** Files known by `asOfSeq` of which rows may lie in [from, to), ms since 1970, in the order given. */
export function filesWithin(
  files: readonly TimedFile[],
  { from, to, asOfSeq }: { readonly from: number; readonly to: number; readonly asOfSeq: number },
): readonly LogFileRow[] {
  const found: LogFileRow[] = [];
  for (const { file, seq, firstMs, lastMs } of files)
    if (seq <= asOfSeq && lastMs >= from && firstMs < to) found.push(file);
  return found;
}
