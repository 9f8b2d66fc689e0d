import { DriftwardError } from "../../core/errors.ts";
import { quoteText, quoteTexts } from "./quote.ts";
import { asText, queryRows, type Session } from "./session.ts";

/**
 * DuckDB gives keys of JSON that cannot be columns other names: an empty one becomes `C7`, one that differs from another
 * only in case becomes `X_1`. Columns that look so are asked for in the rows, where such a key must be.
 *
 * @throws InvalidData when a column is no key of any row
 */
export async function refuseRenamedKeys(
  session: Session,
  paths: readonly string[],
  names: readonly string[],
): Promise<void> {
  const plain = new Set(names.map((name) => name.toLowerCase()));
  const twinOf = (name: string): string | undefined => {
    const stem = /^(.+)_\d+$/.exec(name)?.[1];
    return stem !== undefined && plain.has(stem.toLowerCase()) ? stem : undefined;
  };
  const twins = names.filter((name) => twinOf(name) !== undefined);
  const numbered = names.filter((name) => /^C\d+$/.test(name) && twinOf(name) === undefined);
  const suspects = [...twins, ...numbered].slice(0, mostAsked);
  if (suspects.length === 0) return;
  const found = await queryRows(
    session,
    `SELECT DISTINCT key FROM (SELECT unnest(json_keys(json)) AS key FROM read_ndjson_objects(${quoteTexts(paths)})) WHERE key IN (${suspects.map(quoteText).join(", ")})`,
  );
  const keys = new Set(found.map(([key]) => asText(key)));
  const renamed = suspects.find((name) => !keys.has(name));
  if (renamed === undefined) return;
  const where = paths.length === 1 ? String(paths[0]) : `${paths.length} files beginning with ${paths[0]}`;
  const twin = twinOf(renamed);
  throw twin === undefined
    ? new DriftwardError("InvalidData", `expected a name of every value in ${where}, got an empty one`, {
        hint: 'give the key "" a name, or leave it out',
      })
    : new DriftwardError("InvalidData", `expected each column once in ${where}, got "${twin}" in two spellings`, {
        hint: "rename one of them; names that differ only in case count as the same",
      });
}

/** Columns that are numbered are many in some files, and then they are all named so. */
const mostAsked = 50;
