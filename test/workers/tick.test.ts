import { expect, test } from "@jest/globals";
import { systemClock } from "../../src/adapters/clock/system-clock.ts";
import { randomIds } from "../../src/adapters/ids.ts";
import type { ModelRow, State } from "../../src/ports/state.ts";
import { createTicker } from "../../workers/tick.ts";
import { recordingLogger } from "../support/recording-logger.ts";

/** A state of one model that always fails to be planned, asked for its models when `gate` opens. */
function tickerOf(gate: Promise<unknown> = Promise.resolve()) {
  const model = { name: "churn", championVersion: "v", policyRevision: "r" } as ModelRow;
  let asked = 0;
  const list = async () => {
    asked += 1;
    await gate;
    return [model];
  };
  const logger = recordingLogger();
  const state = { models: { list } } as unknown as State;
  const policyOf = () => Promise.reject(new Error("no such file"));
  const ticker = createTicker({ state, clock: systemClock, ids: randomIds, policyOf }, logger);
  return { ticker, logger, asked: () => asked };
}

test("a wake-up during a tick is dropped; the one after it counts", async () => {
  let open = (): void => undefined;
  const { ticker, asked } = tickerOf(
    new Promise<void>((resolve) => {
      open = resolve;
    }),
  );
  const first = ticker.wake();
  await Promise.all([ticker.wake(), ticker.wake()]);
  expect(asked()).toBe(1);
  open();
  await first;
  await ticker.wake();
  expect(asked()).toBe(2);
});
test("what is wrong with a model is logged, not every second", async () => {
  const { ticker, logger } = tickerOf();
  for (let n = 0; n < 5; n += 1) await ticker.wake();
  expect(logger.lines).toHaveLength(1);
  expect(logger.lines[0]).toMatchObject({ level: "error", fields: { model: "churn" } });
});
