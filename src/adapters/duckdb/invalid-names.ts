/** Names of features in a row's `_invalid`: a JSON list. Text that is none names nothing. */
export function parseNames(text: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? [...new Set(names.map(String))] : [];
  } catch {
    return [];
  }
}
