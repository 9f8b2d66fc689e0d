import { createHash } from "node:crypto";

/** A file of the prediction log that a run's rows came from; the path is below the log's folder. */
export interface SourceRecord {
  readonly kind: "predictions" | "labels";
  readonly path: string;
  readonly sha256: string;
  readonly rows: number;
}

/** The rows a run trained and judged on; times are ISO 8601 in UTC. */
export interface RunData {
  readonly trainingRows: number;
  readonly evaluationRows: number;
  /** Rows before it trained, rows in [cut, until) evaluated. */
  readonly cut: string;
  readonly until: string;
  /** Every file they came from, so that a version can be followed to its rows; absent in runs of before. */
  readonly manifest?: readonly SourceRecord[];
}

/** What the trail keeps of a run's data: of the manifest its digest, for the whole of it stays with the version. */
export function recordedData({ manifest, ...data }: RunData) {
  if (manifest === undefined) return data;
  return { ...data, manifest: { files: manifest.length, sha256: manifestDigest(manifest) } };
}

/** sha256 over one line a file, in order: kind, sha256, rows and path, divided by blanks; lower-case hex. */
export function manifestDigest(manifest: readonly SourceRecord[]): string {
  const lines = manifest.map(({ kind, path, sha256, rows }) => `${kind} ${sha256} ${rows} ${path}\n`);
  return createHash("sha256").update(lines.join("")).digest("hex");
}
