/** A file's text, and how messages call it. */
export interface SourceFile {
  readonly file: string;
  readonly source: string;
}

/** What a recorded revision's text consists of. */
export interface PolicyBundle {
  readonly own: string;
  readonly defaults?: SourceFile;
  /** The one model of `for_each` that the text stands for. */
  readonly model?: string;
}

// A line that begins with --- ends a YAML document, so no policy can hold these lines itself.
const defaultsMarker = "--- # shared by its folder: ";
const modelMarker = "--- # for the model: ";

const closed = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

/**
 * One text of a policy, of the `defaults.yaml` that it was read with and of the model of `for_each` that it is for, so
 * that a recorded revision says all that governed. The policy's own lines keep their numbers.
 */
export function bundlePolicy(own: string, defaults: SourceFile | undefined, model?: string): string {
  const chosen = model === undefined ? own : `${closed(own)}${modelMarker}${model}\n`;
  return defaults === undefined ? chosen : `${closed(chosen)}${defaultsMarker}${defaults.file}\n${defaults.source}`;
}

/** Cuts a text at the line that begins with a marker: what is before it, the marker's line, what follows. */
function cut(text: string, marker: string): readonly [before: string, said: string, after: string] | undefined {
  const start = text.indexOf(`\n${marker}`) + 1;
  if (start === 0) return undefined;
  const end = text.indexOf("\n", start);
  return end < 0 ? undefined : [text.slice(0, start), text.slice(start + marker.length, end), text.slice(end + 1)];
}

/** The parts of a bundle again; any other text is a policy alone. */
export function unbundlePolicy(text: string): PolicyBundle {
  const shared = cut(text, defaultsMarker);
  const chosen = cut(shared?.[0] ?? text, modelMarker);
  return {
    own: chosen?.[0] ?? shared?.[0] ?? text,
    ...(shared === undefined ? {} : { defaults: { file: shared[1], source: shared[2] } }),
    ...(chosen === undefined ? {} : { model: chosen[1] }),
  };
}
