/** What a token may do is its role's; the four stand beside each other, none contains all of another. */
export const roles = ["viewer", "operator", "approver", "admin"] as const;

export type Role = (typeof roles)[number];

/** What can be asked of Driftward, each with what it stands for in a refusal: "may not …". */
export const acts = {
  look: "look at what is recorded",
  ingest: "take in predictions and labels",
  baseline: "register versions and their baselines",
  check: "check a model by hand",
  acknowledge: "acknowledge incidents",
  silence: "silence incidents",
  quarantine: "keep hours of rows out of checks and training",
  retrain: "start runs",
  cancel: "cancel runs",
  approve: "approve or reject candidates",
  lift: "lift a version that was taken back",
  rollback: "roll a champion back",
  apply: "put policies in force",
  manage: "make and revoke tokens",
  serve: "run the workers",
} as const;

export type Act = keyof typeof acts;

/**
 * Who may do what. An admin changes the rules and may not approve under them: approval is the approver's alone, so that
 * nobody both writes a policy and passes a candidate with the same token. docs/access.md shows the same table.
 */
const allowed: Readonly<Record<Act, readonly Role[]>> = {
  look: ["viewer", "operator", "approver", "admin"],
  ingest: ["operator", "admin"],
  baseline: ["operator", "admin"],
  check: ["operator", "admin"],
  acknowledge: ["operator", "approver", "admin"],
  silence: ["operator", "admin"],
  quarantine: ["operator", "admin"],
  retrain: ["operator", "admin"],
  cancel: ["operator", "admin"],
  approve: ["approver"],
  lift: ["approver"],
  rollback: ["operator", "approver", "admin"],
  apply: ["admin"],
  manage: ["admin"],
  serve: ["admin"],
};

/** Roles that may do this, in the order of `roles`. */
export function rolesFor(act: Act): readonly Role[] {
  return allowed[act];
}

/** Whether a role may do this. */
export function roleAllows(role: Role, act: Act): boolean {
  return allowed[act].includes(role);
}
