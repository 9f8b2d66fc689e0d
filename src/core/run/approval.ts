import type { Actor } from "../actor.ts";

export interface ApprovalQuestion {
  readonly approval: "required" | "four_eyes";
  /** Who asked for the run; Driftward itself where a rule did. */
  readonly askedBy: Actor | undefined;
  /** Who has given a word for the candidate before. */
  readonly given: readonly Actor[];
  /** Who gives one now. */
  readonly by: Actor;
}

export type ApprovalAnswer =
  | { readonly refused: string; readonly hint: string }
  /** Whether the candidate may serve with this word; the words that it then has. */
  | { readonly enough: boolean; readonly words: number };

const isSame = (a: Actor, b: Actor): boolean => a.kind === b.kind && a.id === b.id;

/**
 * Whether a word counts, and whether it is the last that is needed. Four eyes are two tokens, neither of which asked
 * for the run: the operating-system user has no second pair.
 */
export function judgeApproval({ approval, askedBy, given, by }: ApprovalQuestion): ApprovalAnswer {
  const again = given.some((one) => isSame(one, by));
  const words = given.length + (again ? 0 : 1);
  if (approval === "required") return { enough: true, words };
  if (by.kind !== "token")
    return {
      refused: "the policy wants four eyes: the approval of two tokens",
      hint: "driftward token create --name NAME --role approver, for two persons",
    };
  if (askedBy !== undefined && isSame(askedBy, by))
    return { refused: `${by.id} asked for the run and cannot approve it`, hint: "two other approvers have to" };
  // Both words are there, and the promotion after the second was broken off: saying it again takes it up.
  if (again && words < 2)
    return { refused: `${by.id} has approved it before`, hint: "another approver's word is needed" };
  return { enough: words >= 2, words };
}
