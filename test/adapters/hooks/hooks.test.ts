import { expect, test } from "@jest/globals";
import { createHooks, type HooksOptions } from "../../../src/adapters/hooks/hooks.ts";
import type { HookCall } from "../../../src/ports/hooks.ts";

test("a command that was ended for its time is told with its limit", async () => {
  const call = { command: ["deploy"], environment: [] };
  const options = {
    settings: { serving: { deploy: { retries: 0, timeoutMs: 90_000, call }, undo: undefined } },
    runner: { poll: async () => ({ state: "timed out" }) },
  };
  const hooks = createHooks(options as unknown as HooksOptions);
  const ended = hooks.call({ hook: "serving", act: "deploy", key: "k", attempt: 1 } as HookCall);
  expect(await ended).toEqual({
    state: "failed",
    message: "it ran longer than its limit of 1m 30s and was ended",
  });
});
