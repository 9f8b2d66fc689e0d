import type { Actor } from "../actor.ts";
import { type Act, acts, type Role, roleAllows, rolesFor } from "./role.ts";

/** Who asks, and what they may do. */
export interface Identity {
  readonly actor: Actor;
  readonly standing: Standing;
}

/**
 * A token has a role, and models that it is limited to (all when undefined). The operating-system user of a state
 * without tokens may do everything where the state is its own, and only look elsewhere. Once there are tokens, one is
 * needed; where none is left that can make another, making one is all that is possible without.
 */
export type Standing =
  | { readonly kind: "token"; readonly role: Role; readonly models: readonly string[] | undefined }
  | { readonly kind: "owner" }
  /** Whom a mail went to, by its link: what it is about may be acknowledged or silenced. */
  | { readonly kind: "recipient"; readonly model: string }
  | { readonly kind: "guest"; readonly mayManage: boolean; readonly mayLook: boolean };

export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string; readonly hint: string };

const yes: Permission = { allowed: true };

/**
 * Whether an act is allowed: pure, and asked in one place (actions/permit.ts).
 *
 * @param model  the model that it is about; undefined where it is about all of them, which needs a token for all
 */
export function allows({ actor, standing }: Identity, act: Act, model: string | undefined): Permission {
  if (standing.kind === "owner") return yes;
  if (standing.kind === "recipient") return allowsRecipient(standing.model, act, model);
  if (standing.kind === "guest") return allowsGuest(standing, act);
  if (!roleAllows(standing.role, act)) {
    const reason = `token ${actor.id} has the role ${standing.role}, which may not ${acts[act]}`;
    return { allowed: false, reason, hint: `ask for a token with the role ${rolesFor(act).join(" or ")}` };
  }
  if (covers(standing.models, model)) return yes;
  const models = standing.models ?? [];
  const other = model === undefined ? `and this is about all models` : `not for ${model}`;
  const whole = act === "manage" ? "ask an admin for all models" : `name one: ${models.join(", ")}`;
  const hint = model === undefined ? whole : "ask for a token for this model";
  return { allowed: false, reason: `token ${actor.id} is for ${models.join(", ")}, ${other}`, hint };
}

function allowsRecipient(own: string, act: Act, model: string | undefined): Permission {
  if (model === own && (act === "look" || act === "acknowledge" || act === "silence")) return yes;
  const reason = `a link in a mail may not ${acts[act]}`;
  return { allowed: false, reason, hint: "use a token, or the command line" };
}

function allowsGuest({ mayManage, mayLook }: Standing & { kind: "guest" }, act: Act): Permission {
  if ((act === "manage" && mayManage) || (act === "look" && mayLook)) return yes;
  return {
    allowed: false,
    reason: `expected a token in DRIFTWARD_TOKEN to ${acts[act]}, got none`,
    hint: mayManage
      ? "make the first: driftward token create --name NAME --role admin"
      : "ask an admin: driftward token create --name NAME --role ROLE",
  };
}

/** A model's name covers itself and what `for_each` makes of it: churn covers churn/NL. */
function covers(models: readonly string[] | undefined, model: string | undefined): boolean {
  if (models === undefined) return true;
  return model !== undefined && models.some((name) => model === name || model.startsWith(`${name}/`));
}
