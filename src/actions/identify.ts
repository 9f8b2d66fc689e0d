import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Identity } from "../core/identity/identity.ts";
import { hashSecret, isSecret } from "../core/identity/token.ts";
import { formatInstant } from "../core/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { State, TokenRow } from "../ports/state.ts";

export interface IdentifyPorts {
  readonly state: Pick<State, "tokens" | "transaction">;
  readonly clock: Clock;
}

/** How exactly it is known when a token was last used: not every look at Driftward is a write. */
const usedWithinMs = 10 * 60_000;

/** Whether a token can be used at an instant. */
export function isUsable({ revokedAt, expiresAt }: TokenRow, at: Date): boolean {
  return revokedAt === undefined && (expiresAt === undefined || expiresAt > at);
}

/** Whether a token can make others at an instant: an admin's, and not one that is limited to models. */
export function canManage(token: TokenRow, at: Date): boolean {
  return token.role === "admin" && token.models === undefined && isUsable(token, at);
}

/**
 * Who holds a secret. The secret itself is neither kept nor told.
 *
 * @throws NotAllowed when it is no token's, or that of one that expired or was revoked
 */
export async function identifyToken({ state, clock }: IdentifyPorts, secret: string): Promise<Identity> {
  const token = isSecret(secret) ? await state.tokens.ofHash(hashSecret(secret)) : undefined;
  const hint = "ask an admin for a token: driftward token create --name NAME --role ROLE";
  if (token === undefined) throw new DriftwardError("NotAllowed", "expected a known token, got another", { hint });
  const { id, name, role, models, revokedAt, expiresAt, usedAt } = token;
  const at = clock.now();
  if (revokedAt !== undefined)
    throw new DriftwardError("NotAllowed", `token ${name} was revoked at ${formatInstant(revokedAt)}`, { hint });
  if (expiresAt !== undefined && expiresAt <= at)
    throw new DriftwardError("NotAllowed", `token ${name} expired at ${formatInstant(expiresAt)}`, { hint });
  if (usedAt === undefined || at.getTime() - usedAt.getTime() >= usedWithinMs)
    await state.transaction((tx) => tx.tokens.touch(id, at));
  return { actor: { kind: "token", id: name }, standing: { kind: "token", role, models } };
}

/**
 * Who acts at a command line: the token, or else the operating-system user. Without any token the user may do
 * everything where the state is local, and only look where it is a server that others use; once there are tokens, one
 * is needed. Where none that can be used makes others, the user may make one: whoever can open the state can as well.
 *
 * @throws NotAllowed when a secret is given that is no usable token's
 */
export async function identify(
  ports: IdentifyPorts,
  { secret, person, local }: { readonly secret: string | undefined; readonly person: Actor; readonly local: boolean },
): Promise<Identity> {
  if (secret !== undefined) return identifyToken(ports, secret);
  const tokens = await ports.state.tokens.list();
  if (tokens.length === 0 && local) return { actor: person, standing: { kind: "owner" } };
  const at = ports.clock.now();
  const mayManage = !tokens.some((token) => canManage(token, at));
  return { actor: person, standing: { kind: "guest", mayManage, mayLook: tokens.length === 0 } };
}
