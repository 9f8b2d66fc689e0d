/** Who did something: Driftward itself, a person of the operating system, or a token. Stands on every record. */
export interface Actor {
  readonly kind: "system" | "person" | "token";
  readonly id: string;
}

/** Driftward itself, acting under a policy. */
export const systemActor: Actor = { kind: "system", id: "driftward" };
