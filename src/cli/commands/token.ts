import { randomBytes } from "node:crypto";
import { type Command, Option } from "commander";
import { createToken, listTokens, revokeToken } from "../../actions/token.ts";
import { type Role, roles } from "../../core/identity/role.ts";
import { secretBytes } from "../../core/identity/token.ts";
import { parseDuration } from "../../core/units.ts";
import type { TokenRow } from "../../ports/state.ts";
import { instant } from "../../render/format.ts";
import { plainTable } from "../../render/plain-table.ts";
import { plainText } from "../../render/plain-text.ts";
import type { CliContext } from "../context.ts";
import { collect } from "../read-columns.ts";
import { withServices } from "../with-services.ts";

interface CreateOptions {
  readonly name: string;
  readonly role: Role;
  readonly model: readonly string[];
  readonly expires?: string;
  readonly json?: true;
}

const example = `
Examples:
  $ driftward token create --name ada --role admin
  $ driftward token create --name night-shift --role operator --model churn --expires 90d
  $ driftward token list --json
  $ DRIFTWARD_TOKEN=driftward_… driftward retrain churn --reason "new data source"

Commands act as the token in DRIFTWARD_TOKEN. While there are no tokens, and Driftward runs its own PostgreSQL, they act
as the operating-system user, who may do everything. The first token has to be an admin.`;

/** `driftward token`: who may do what. */
export function addTokenCommand(program: Command, context: CliContext): void {
  const token = program
    .command("token")
    .description("make, list and revoke the tokens that people and programs act with")
    .addHelpText("after", example);
  addCreate(token, context);
  addList(token, context);
  addRevoke(token, context);
}

function addCreate(token: Command, context: CliContext): void {
  token
    .command("create")
    .description("make a token; its secret is shown once and not kept")
    .requiredOption("--name <name>", "who uses it; stands on every record, and is used once")
    .addOption(new Option("--role <role>", "what it may do").choices(roles).makeOptionMandatory())
    .option("--model <model>", "only for this model; may be repeated", collect, [])
    .option("--expires <duration>", "how long it lasts, such as 90d; for ever when absent")
    .option("--json", "print JSON of schema driftward/token/v1, with the secret")
    .addHelpText(
      "after",
      "\nExamples:\n  $ driftward token create --name ada --role admin\n  $ driftward token create --name night-shift --role operator --model churn --expires 90d",
    )
    .action(async ({ name, role, model, expires, json }: CreateOptions, command: Command) => {
      const wish = {
        ...{ name, role, models: model.length === 0 ? undefined : model },
        lastsMs: expires === undefined ? undefined : parseDuration(expires),
      };
      const made = await withServices(context, command, { act: "manage" }, (services) =>
        createToken(services, { ...wish, actor: services.actor }, randomBytes(secretBytes)),
      );
      if (json)
        context.out(
          `${JSON.stringify({ schema: "driftward/token/v1", ...asJson(made.token), secret: made.secret })}\n`,
        );
      else {
        context.out(`${made.secret}\n`);
        context.err(
          `${context.colors.green("✓")} token ${name} may act as ${role}: ${scopeOf(made.token)}, ${endOf(made.token)}\n`,
        );
        context.err("  Keep it now, in DRIFTWARD_TOKEN of who uses it: it is not shown again.\n");
      }
    });
}

function addList(token: Command, context: CliContext): void {
  token
    .command("list")
    .description("show all tokens, without their secrets")
    .option("--json", "print JSON of schema driftward/tokens/v1")
    .addHelpText("after", "\nExample:\n  $ driftward token list")
    .action(async (options: { readonly json?: true }, command: Command) => {
      const tokens = await withServices(context, command, { act: "manage" }, listTokens);
      if (options.json) {
        const shown = tokens.map(({ usable, ...row }) => ({ ...asJson(row), usable }));
        context.out(`${JSON.stringify({ schema: "driftward/tokens/v1", tokens: shown })}\n`);
      } else if (tokens.length === 0)
        context.out("No tokens: whoever can open the state may do everything. `driftward token create` makes one.\n");
      else {
        const rows = tokens.map((row) => [
          row.usable ? context.colors.bold(plainText(row.name)) : context.colors.dim(plainText(row.name)),
          row.role,
          scopeOf(row),
          endOf(row),
          row.usedAt === undefined ? "never" : instant(row.usedAt),
          `${instant(row.createdAt)} by ${plainText(row.createdBy)}`,
        ]);
        context.out(`${plainTable(["token", "role", "models", "lasts", "last used", "made"], rows)}\n`);
      }
    });
}

function addRevoke(token: Command, context: CliContext): void {
  token
    .command("revoke")
    .description("end a token at once")
    .argument("<name>")
    .option("--json", "print JSON of schema driftward/token/v1")
    .addHelpText("after", "\nExample:\n  $ driftward token revoke night-shift")
    .action(async (name: string, options: { readonly json?: true }, command: Command) => {
      const revoked = await withServices(context, command, { act: "manage" }, (services) =>
        revokeToken(services, { name, actor: services.actor }),
      );
      if (options.json) context.out(`${JSON.stringify({ schema: "driftward/token/v1", ...asJson(revoked) })}\n`);
      else context.out(`${context.colors.green("✓")} token ${plainText(name)} is revoked\n`);
    });
}

function scopeOf({ models }: TokenRow): string {
  return models === undefined ? "all models" : models.map(plainText).join(", ");
}

function endOf({ revokedAt, revokedBy, expiresAt }: TokenRow): string {
  if (revokedAt !== undefined) return `revoked ${instant(revokedAt)} by ${plainText(revokedBy ?? "")}`;
  return expiresAt === undefined ? "for ever" : `until ${instant(expiresAt)}`;
}

/** Without the hash: it is nobody's business. */
function asJson({ name, role, models, createdBy, createdAt, expiresAt, revokedAt, revokedBy, usedAt }: TokenRow) {
  return {
    ...{ token: name, role, models: models ?? null, created_by: createdBy, created_at: createdAt },
    ...{ expires_at: expiresAt ?? null, revoked_at: revokedAt ?? null, revoked_by: revokedBy ?? null },
    last_used_at: usedAt ?? null,
  };
}
