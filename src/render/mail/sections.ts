/*
 * A mail is written once, as sections of lines, items and tables; `text` and `html` show the same sections. Everything
 * that comes from outside passes `plainText` when sections are made and is escaped when they are shown.
 */

export interface Section {
  readonly title: string;
  readonly lines?: readonly string[];
  readonly items?: readonly Item[];
  readonly table?: Table;
  readonly links?: readonly Link[];
  /** Shown in a fixed-width face: commands, conditions. */
  readonly code?: readonly string[];
  /** Said after all else, in smaller type. */
  readonly closing?: readonly string[];
}

/** A page of Driftward's own. */
export interface Link {
  readonly label: string;
  readonly address: string;
}

/** One thing of a list: a feature that drifted, a gate. */
export interface Item {
  readonly title: string;
  /** Set at the other end of the title's line. */
  readonly aside: string;
  readonly lines: readonly string[];
  /** Numbers behind it, in smaller type. */
  readonly small: string;
  readonly chart?: Chart;
  readonly link?: Link;
}

/**
 * Shares of both sides: `histogram` for bins in their order, of which only the ends are named; `bars` for categories,
 * each named with both shares, which says what the item's lines say and takes their place where it can be drawn.
 */
export interface Chart {
  readonly shape: "histogram" | "bars";
  readonly bins: readonly Bin[];
}

export interface Bin {
  readonly label: string;
  readonly baseline: number;
  readonly live: number;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A value, and in smaller type below it what belongs to it, such as its interval. */
export interface Cell {
  readonly value: string;
  readonly note?: string;
}

export interface Letter {
  /** The first line: what is the matter, in one sentence. */
  readonly headline: string;
  readonly tone: "critical" | "warning" | "good" | "neutral";
  /** One or two words above the headline, which carry what the colour does. */
  readonly badge?: string;
  readonly sections: readonly Section[];
  readonly footer: readonly string[];
}
