/** A file's text, and how messages call it. */
export interface SourceFile {
  readonly file: string;
  readonly source: string;
}

// A line that begins with --- ends a YAML document, so no policy can hold this line itself.
const marker = "--- # shared by its folder: ";

/**
 * One text of a policy and of the `defaults.yaml` that it was read with, so that a recorded revision says all that
 * governed. The policy's own lines keep their numbers.
 */
export function bundlePolicy(own: string, defaults: SourceFile | undefined): string {
  if (defaults === undefined) return own;
  return `${own}${own.endsWith("\n") ? "" : "\n"}${marker}${defaults.file}\n${defaults.source}`;
}

/** The two texts of a bundle again; any other text is a policy without defaults. */
export function unbundlePolicy(text: string): { readonly own: string; readonly defaults?: SourceFile } {
  const start = text.indexOf(`\n${marker}`) + 1;
  if (start === 0) return { own: text };
  const rest = text.slice(start + marker.length);
  const end = rest.indexOf("\n");
  if (end < 0) return { own: text };
  return { own: text.slice(0, start), defaults: { file: rest.slice(0, end), source: rest.slice(end + 1) } };
}
