/*
 * A mail is written once, as sections of lines and tables; `text` and `html` show the same sections. Everything that
 * comes from outside passes `plainText` when sections are made and is escaped when they are shown.
 */

export interface Section {
  readonly title: string;
  readonly lines?: readonly string[];
  readonly table?: Table;
  /** Shown in a fixed-width face: commands, conditions. */
  readonly code?: readonly string[];
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A text, or shares of two sides drawn as bars. */
export type Cell =
  | string
  | { readonly bars: { readonly baseline: readonly number[]; readonly window: readonly number[] } };

export interface Letter {
  /** The first line: what is the matter, in one sentence. */
  readonly headline: string;
  readonly tone: "critical" | "warning" | "good" | "neutral";
  readonly sections: readonly Section[];
  readonly footer: readonly string[];
}
