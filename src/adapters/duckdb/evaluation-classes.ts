import { scoreSumTolerance } from "../../core/metrics/metric.ts";
import { nearestName, suggestName } from "../../core/nearest-name.ts";
import { requireColumn, textExpression } from "./expressions.ts";
import {
  type ClassColumn,
  championScorePrefix,
  classColumns,
  classScoreExpression,
  outcomeExpression,
} from "./labelled-sql.ts";
import { queryRows, type Session } from "./session.ts";
import { openSource, type Source } from "./source.ts";

/** A model with more classes than these is none; what labels of a regression are is not asked in full. */
const mostClasses = 10_000;

/**
 * What is wrong with the class scores of a trainer's file: a class that neither a label nor the log has, a class of the
 * labels that has no scores, rows whose scores are no distribution. Undefined when there are none, or nothing is wrong.
 *
 * @param trainingPath  the rows that the trainer learned from: a class that is only among later labels it cannot know
 */
export async function findClassProblem(
  session: Session,
  { key, theirs }: { readonly key: Source; readonly theirs: Source },
  trainingPath: string,
): Promise<string | undefined> {
  const own = classColumns(theirs);
  const ofChampion = classColumns(theirs, championScorePrefix);
  if (own.length === 0 && ofChampion.length === 0) return undefined;
  const training = await openSource(session, { paths: [trainingPath], format: "parquet" });
  const [learned, judged] = [await classesOf(session, training), await classesOf(session, key)];
  const known = new Set([...learned, ...judged, ...classColumns(key).map(({ name }) => name)]);
  const needed = judged.filter((name) => learned.includes(name));
  return (
    unknownClass(own, "score_", known) ??
    unknownClass(ofChampion, championScorePrefix, known) ??
    (own.length === 0 ? undefined : withoutScores(own, needed)) ??
    (await findOtherSum(session, theirs, own)) ??
    (await findOtherSum(session, theirs, ofChampion))
  );
}

/** Values of the labels as texts, as columns of class scores name them. */
async function classesOf(session: Session, source: Source): Promise<readonly string[]> {
  const label = outcomeExpression(requireColumn(source, "label", "that holds the true outcome"));
  const rows = await queryRows(
    session,
    `SELECT DISTINCT ${label} AS label FROM ${source.from} WHERE ${label} IS NOT NULL ORDER BY label LIMIT ${mostClasses}`,
  );
  return rows.map(([value]) => String(value));
}

function unknownClass(columns: readonly ClassColumn[], prefix: string, known: ReadonlySet<string>): string | undefined {
  const unknown = columns.find(({ name }) => !known.has(name));
  if (unknown === undefined) return undefined;
  const hint = suggestName(unknown.name, [...known].sort()) ?? "the labels have no class";
  return `expected ${prefix}<class> of classes that labels have, got "${prefix}${unknown.name}": ${hint}`;
}

function withoutScores(columns: readonly ClassColumn[], needed: readonly string[]): string | undefined {
  const given = columns.map(({ name }) => name);
  const missing = needed.find((name) => !given.includes(name));
  if (missing === undefined) return undefined;
  const near = nearestName(missing, given);
  const hint = near === undefined ? "" : `; "score_${near}" is there`;
  return `expected a score for every class that was learned from, got no column "score_${missing}"${hint}`;
}

/** Rows whose scores add up to something else than 1; of the champion's, rows that have all of them. */
async function findOtherSum(
  session: Session,
  theirs: Source,
  columns: readonly ClassColumn[],
): Promise<string | undefined> {
  if (columns.length === 0) return undefined;
  const id = textExpression(requireColumn(theirs, "id", ""));
  const total = columns.map(({ column }) => classScoreExpression(column)).join(" + ");
  const [row] = await queryRows(
    session,
    `SELECT count(*), min(id), arg_min(total, id) FROM (SELECT ${id} AS id, ${total} AS total FROM ${theirs.from})
     WHERE NOT isnan(total) AND abs(total - 1) > ${scoreSumTolerance}`,
  );
  const count = Number(row?.[0] ?? 0);
  if (count === 0) return undefined;
  const names = columns.map(({ column }) => column.name);
  const listed = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  return `expected ${listed} to add up to 1 in every row, got ${count} rows in which they do not, such as "${String(row?.[1])}" with ${Number(Number(row?.[2]).toPrecision(4))}`;
}
