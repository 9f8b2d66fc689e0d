import type { Actor } from "../core/actor.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Role } from "../core/identity/role.ts";
import { checkTokenName, hashSecret, secretOf } from "../core/identity/token.ts";
import { checkModelName } from "../core/prediction/model-name.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { State, TokenRow } from "../ports/state.ts";
import { canManage, isUsable } from "./identify.ts";

export interface TokenPorts {
  readonly state: State;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface TokenWish {
  readonly name: string;
  readonly role: Role;
  /** The models it is limited to; all when undefined. */
  readonly models: readonly string[] | undefined;
  /** How long it lasts; for ever when undefined. */
  readonly lastsMs: number | undefined;
  readonly actor: Actor;
}

const longestMs = 10 * 365 * 86_400_000;

/**
 * Makes a token. Its secret is in the answer and nowhere else.
 *
 * @param random  fresh random bytes, `secretBytes` of them
 * @throws InvalidInput for a name or a span that is none; Conflict when the name was used before; Refused when it
 *         would be the first and is no admin
 */
export async function createToken(
  { state, clock, ids }: TokenPorts,
  { name, role, models, lastsMs, actor }: TokenWish,
  random: Uint8Array,
): Promise<{ readonly token: TokenRow; readonly secret: string }> {
  checkTokenName(name);
  for (const model of models ?? []) checkModelName(model);
  if (lastsMs !== undefined && !(lastsMs > 0 && lastsMs <= longestMs))
    throw new DriftwardError("InvalidInput", "expected a token that lasts longer than 0s and at most ten years");
  const secret = secretOf(random);
  const at = clock.now();
  const token: TokenRow = {
    ...{ id: ids.next(), name, role, models, hash: hashSecret(secret), createdBy: actor.id, createdAt: at },
    expiresAt: lastsMs === undefined ? undefined : new Date(at.getTime() + lastsMs),
    ...{ revokedAt: undefined, revokedBy: undefined, usedAt: undefined },
  };
  await state.transaction(async (tx) => {
    const manageable = (await tx.tokens.list()).some((one) => canManage(one, at));
    if (!manageable && (role !== "admin" || models !== undefined))
      throw new DriftwardError("Refused", "expected an admin for all models as the first token", {
        hint: `driftward token create --name ${name} --role admin; with it you make the others`,
      });
    if (!(await tx.tokens.insert(token)))
      throw new DriftwardError("Conflict", `the name ${name} was used by a token before`, {
        hint: "names stand on records and are used once: choose another",
      });
    await tx.records.append({
      ...{ actor, at, kind: "token created", subject: token.id },
      payload: { token: name, role, models, expires: token.expiresAt?.toISOString() },
    });
  });
  return { token, secret };
}

/** All tokens, oldest first, each with whether it can be used. */
export async function listTokens({
  state,
  clock,
}: Pick<TokenPorts, "state" | "clock">): Promise<readonly (TokenRow & { readonly usable: boolean })[]> {
  const at = clock.now();
  return (await state.tokens.list()).map((token) => ({ ...token, usable: isUsable(token, at) }));
}

/**
 * Ends a token at once.
 *
 * @throws NotFound when there is none of this name; Conflict when it was revoked before
 */
export async function revokeToken(
  { state, clock }: Pick<TokenPorts, "state" | "clock">,
  { name, actor }: { readonly name: string; readonly actor: Actor },
): Promise<TokenRow> {
  const hint = "`driftward token list` lists them";
  const found = await state.tokens.find(name);
  if (found === undefined)
    throw new DriftwardError("NotFound", `expected the name of a token, got "${name}"`, { hint });
  return state.transaction(async (tx) => {
    const at = clock.now();
    if (!(await tx.tokens.revoke(found.id, actor.id, at)))
      throw new DriftwardError("Conflict", `token ${name} was revoked before`, { hint });
    await tx.records.append({ ...{ actor, at, kind: "token revoked", subject: found.id }, payload: { token: name } });
    return { ...found, revokedAt: at, revokedBy: actor.id };
  });
}
