import { invalid, type OpenFile } from "./open-file.ts";

/**
 * The text of a file, piece by piece, without a byte order mark.
 *
 * @throws InvalidData when it is not UTF-8 text
 */
export async function* readTextChunks(file: OpenFile): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let position = 0;
  for await (const chunk of file.chunks()) {
    if (position === 0) refuseOtherFormats(file, chunk);
    const zero = chunk.indexOf(0);
    if (zero >= 0)
      throw invalid(
        file.name,
        `expected text, got a NUL byte at byte ${position + zero + 1}`,
        "write it as UTF-8 text",
      );
    yield decode(file, position, () => decoder.decode(chunk, { stream: true }));
    position += chunk.length;
  }
  yield decode(file, position, () => decoder.decode());
}

function decode(file: OpenFile, position: number, work: () => string): string {
  try {
    return work();
  } catch {
    throw invalid(
      file.name,
      `expected UTF-8 text, got bytes of another encoding after byte ${position}`,
      "convert it, as with: iconv -f ISO-8859-1 -t UTF-8",
    );
  }
}

function refuseOtherFormats(file: OpenFile, start: Uint8Array): void {
  const begins = (...bytes: readonly number[]): boolean => bytes.every((byte, index) => start[index] === byte);
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff))
    throw invalid(file.name, "expected UTF-8 text, got UTF-16", "convert it, as with: iconv -f UTF-16 -t UTF-8");
  if (begins(0x50, 0x41, 0x52, 0x31))
    throw invalid(file.name, "expected text, got a Parquet file", "name the format: parquet");
  if (begins(0x1f, 0x8b)) throw invalid(file.name, "expected text, got a gzip file", "unpack it with gunzip first");
  if (begins(0x50, 0x4b, 0x03, 0x04))
    throw invalid(file.name, "expected text, got a zip or Excel file", "save it as CSV with UTF-8");
}
