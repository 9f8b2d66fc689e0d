import { damaged } from "./byte-reader.ts";
import { type ByteWriter, createByteWriter } from "./byte-writer.ts";
import { crc32 } from "./crc32.ts";

/** What stands in front of a body: four letters and a version. */
export interface Seal {
  readonly letters: string;
  readonly version: number;
  /** For messages: "a profile". */
  readonly what: string;
}

/** Letters, version, body, CRC-32 of all before it. */
export function sealBytes(seal: Seal, write: (writer: ByteWriter) => void): Uint8Array {
  const writer = createByteWriter();
  for (const letter of seal.letters) writer.byte(letter.charCodeAt(0));
  writer.byte(seal.version);
  write(writer);
  writer.word(crc32(writer.bytes()));
  return writer.bytes();
}

/**
 * The body of sealed bytes.
 *
 * @throws InvalidData when the letters, the version or the checksum are not the expected ones
 */
export function openSeal(seal: Seal, bytes: Uint8Array): Uint8Array {
  const head = seal.letters.length + 1;
  if (bytes.length < head + 4) throw damaged(seal.what, `there are only ${bytes.length} of them`);
  const letters = String.fromCharCode(...bytes.subarray(0, head - 1));
  if (letters !== seal.letters) throw damaged(seal.what, `they do not begin with ${seal.letters}`);
  const body = bytes.subarray(0, bytes.length - 4);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + body.length, 4).getUint32(0, true);
  if (crc32(body) !== stored) throw damaged(seal.what, "the checksum differs");
  if (bytes[head - 1] !== seal.version)
    throw damaged(seal.what, `they are of version ${bytes[head - 1]}, this program reads version ${seal.version}`);
  return body.subarray(head);
}
