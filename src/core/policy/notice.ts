import type { PolicyProblem } from "./problem.ts";

/** A revision as people find it again. Times are ISO 8601 in UTC. */
export interface NoticedRevision {
  readonly path: string;
  readonly commit: string | undefined;
  readonly author: string | undefined;
}

/** What a mail about a policy that could not be put in force is rendered from, kept with the notification. */
export interface PolicyNotice {
  readonly about: "policy";
  readonly kind: "refused";
  readonly model: string;
  /** Other models that the file governs; the mail speaks for all of them. */
  readonly others: number;
  readonly refused: NoticedRevision;
  /** Its mistakes; only the first ones where there are many. */
  readonly problems: readonly PolicyProblem[];
  readonly problemCount: number;
  /** What governs the model all the same. */
  readonly inForce: NoticedRevision & { readonly seq: number; readonly since: string };
  readonly incident?: never;
}

/** Mistakes that a mail or a record shows at most: one slip often causes many. */
export const mostNoticedProblems = 20;
