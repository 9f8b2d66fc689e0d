import type { FileMetaData, SchemaElement } from "hyparquet";

/** Metadata under which decimals come unscaled, and what scales the values of each column. */
export interface UnscaledDecimals {
  readonly metadata: FileMetaData;
  /** By column: a value as the nearest double, or as an integer of any size where it has no fraction. */
  readonly scale: readonly (((value: unknown) => unknown) | undefined)[];
}

/** A power of ten up to this is a double, and so is a whole number up to 2^53: their quotient is rounded once. */
const exactPower = 22;

/**
 * The library multiplies decimals by a power of ten that is no double: 57 · 10⁻² becomes 0.5700000000000001, and is then
 * another value than the 0.57 of the same data in another format.
 */
export function unscaleDecimals(metadata: FileMetaData): UnscaledDecimals {
  const scales = new Map<SchemaElement, number>();
  const schema = metadata.schema.map((element) => {
    const scale = scaleOf(element);
    if (scale === undefined) return element;
    const { converted_type: _, logical_type: __, ...plain } = element;
    // Bytes of any length would be taken for text without their type.
    const unscaled: SchemaElement =
      element.type === "BYTE_ARRAY" ? { ...plain, converted_type: "DECIMAL", scale: 0 } : plain;
    scales.set(unscaled, scale);
    return unscaled;
  });
  const scale = topLevel(schema).map((element) => {
    const places = scales.get(element);
    return places === undefined ? undefined : (value: unknown) => scaled(value, places);
  });
  return { metadata: { ...metadata, schema }, scale };
}

function scaleOf({ converted_type: converted, logical_type: logical, scale }: SchemaElement): number | undefined {
  if (logical?.type === "DECIMAL") return scale ?? logical.scale;
  return converted === "DECIMAL" ? (scale ?? 0) : undefined;
}

/** The columns: children of the root, without their own children. */
function topLevel(schema: readonly SchemaElement[]): readonly SchemaElement[] {
  const found: SchemaElement[] = [];
  for (let at = 1; at < schema.length; at = afterSubtree(schema, at)) {
    const element = schema[at];
    if (element !== undefined) found.push(element);
  }
  return found;
}

function afterSubtree(schema: readonly SchemaElement[], at: number): number {
  let left = 1;
  let next = at;
  while (left > 0 && next < schema.length) {
    left += (schema[next]?.num_children ?? 0) - 1;
    next += 1;
  }
  return next;
}

function scaled(value: unknown, places: number): unknown {
  const whole = value instanceof Uint8Array ? fromBytes(value) : value;
  if (typeof whole !== "number" && typeof whole !== "bigint") return value;
  if (places === 0) return whole;
  const number = Number(whole);
  return Number.isSafeInteger(number) && places <= exactPower ? number / 10 ** places : Number(`${whole}e-${places}`);
}

/** Two's complement, the highest byte first. */
function fromBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${hex}`));
}
