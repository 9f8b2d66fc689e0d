import { afterAll, beforeAll, describe } from "@jest/globals";
import type { TestState } from "../support/open-test-state.ts";
import { describeLogRows } from "./state-log.ts";
import { describeOutbox } from "./state-outbox.ts";
import { describeRaces } from "./state-races.ts";
import { describeRows } from "./state-rows.ts";
import { describeTrail } from "./state-trail.ts";

/** Gives the state of the suite; it is open only while tests run. */
export type GetState = () => TestState;

/** What every State has to do, whatever server is behind it. */
export function describeState(server: string, open: () => Promise<TestState>): void {
  describe(`state on ${server}`, () => {
    let state: TestState | undefined;
    beforeAll(async () => {
      state = await open();
    });
    afterAll(() => state?.close());
    const getState = () => {
      if (state === undefined) throw new Error("the state is open only while tests run");
      return state;
    };
    describeRows(getState);
    describeLogRows(getState);
    describeRaces(getState);
    describeOutbox(getState);
    describeTrail(getState);
  });
}
