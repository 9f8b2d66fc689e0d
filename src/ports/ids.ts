/** A source of fresh uuids. */
export interface Ids {
  next(): string;
}
