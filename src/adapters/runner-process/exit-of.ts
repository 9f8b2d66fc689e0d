import type { ChildProcess } from "node:child_process";

/** How a program ended: with a code, or by a signal. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The end of a program, to be asked for again and again over days: unlike a race of promises it keeps nothing behind.
 *
 * @returns a function that waits up to so many ms; undefined when the program still runs then. Throws the error of
 *          a program that could not be started.
 */
export function exitOf(program: ChildProcess): (ms: number) => Promise<Exit | undefined> {
  let end: { readonly exit: Exit } | { readonly error: Error } | undefined;
  let wake = (): void => undefined;
  program.once("error", (error) => {
    end ??= { error };
    wake();
  });
  program.once("exit", (code, signal) => {
    end ??= { exit: { code, signal } };
    wake();
  });
  return async (ms) => {
    if (end === undefined)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    if (end !== undefined && "error" in end) throw end.error;
    return end?.exit;
  };
}
