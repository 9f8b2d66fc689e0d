import type { HookAct } from "../core/run/steps.ts";

/** A version as a hook is told of it. */
export interface HookVersion {
  readonly version: string;
  readonly artifact: string | undefined;
}

/** One try of one act of a hook. */
export interface HookCall {
  readonly hook: string;
  readonly act: HookAct;
  /** The same for every try: what stands for it outside. */
  readonly key: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly model: string;
  readonly run: number;
  /** The version that is promoted, or was. */
  readonly candidate: HookVersion;
  /** The version that serves by the alias champion, at that moment. */
  readonly champion: HookVersion;
}

export type HookProgress =
  | { readonly state: "running" }
  | { readonly state: "succeeded" }
  | { readonly state: "failed"; readonly message: string };

/** The operator's programs and webhooks around a promotion: at least once each, with the same key. */
export interface Hooks {
  /** How often an act is tried again; undefined where the hook, or this act of it, is not there. */
  retriesOf(hook: string, act: HookAct): number | undefined;
  /** Whether driftward.yaml names it. */
  has(hook: string): boolean;
  /** Starts a try, or looks how it goes. A command runs on by itself; a webhook is called and answered within this call. */
  call(call: HookCall): Promise<HookProgress>;
  /** Removes what is kept of tries, by `HookCall.key` and their number, of which `isOver` says that nobody asks any more. */
  forget(isOver: (key: string) => boolean): Promise<void>;
}
