/** The same keys with other values. */
export function mapValues<From, To>(
  of: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value)]));
}
