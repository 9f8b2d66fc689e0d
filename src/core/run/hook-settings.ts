import { z } from "zod";
import { absoluteCommand, environmentName, postAddress } from "../operator-fields.ts";
import { parseDuration } from "../units.ts";
import { written } from "../written-field.ts";

/*
 * The section `hooks` of driftward.yaml: what the operator wants called when a version is promoted, and when that is
 * taken back.
 */

const act = z
  .strictObject({
    command: z.array(z.string().min(1)).min(1).optional(),
    environment: z.array(environmentName).default([]),
    url: postAddress.optional(),
    url_env: environmentName.optional(),
    secret_env: environmentName.optional(),
    timeout: written(parseDuration).optional(),
    retries: z.int().min(0).max(10).default(2),
  })
  .superRefine(({ command, url, url_env }, context) => {
    if ([command, url, url_env].filter((one) => one !== undefined).length !== 1)
      context.addIssue({ code: "custom", message: "expected one of command, url and url_env" });
  });

/** The name of a hook, which is a part of keys and folders. */
export const hookName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** One hook as written. */
export const hookSettings = z.strictObject({ deploy: act, undo: act.optional() });

export type HookSettings = z.output<typeof hookSettings>;

export interface HookAction {
  readonly retries: number;
  readonly timeoutMs: number;
  readonly call:
    | { readonly command: readonly string[]; readonly environment: readonly string[] }
    | {
        readonly url: { readonly text: string } | { readonly variable: string };
        readonly secretVariable: string | undefined;
      };
}

export interface HookConfig {
  readonly deploy: HookAction;
  readonly undo: HookAction | undefined;
}

const [commandMs, webhookMs] = [300_000, 30_000];

/**
 * A hook with the paths that are relative to driftward.yaml made absolute.
 *
 * @param absolute  where a path of driftward.yaml leads
 */
export function resolveHook({ deploy, undo }: HookSettings, absolute: (path: string) => string): HookConfig {
  return { deploy: resolveAct(deploy, absolute), undo: undo && resolveAct(undo, absolute) };
}

function resolveAct(settings: HookSettings["deploy"], absolute: (path: string) => string): HookAction {
  const { command, environment, url, url_env, secret_env, timeout, retries } = settings;
  if (command !== undefined) {
    const parts = absoluteCommand(command, absolute);
    return { retries, timeoutMs: timeout ?? commandMs, call: { command: parts, environment } };
  }
  const address = url_env === undefined ? { text: url ?? "" } : { variable: url_env };
  return { retries, timeoutMs: timeout ?? webhookMs, call: { url: address, secretVariable: secret_env } };
}
