import { expect, test } from "@jest/globals";
import { type RefreshResult, startRefresh } from "../../workers/refresh.ts";
import { recordingLogger } from "../support/recording-logger.ts";
import { pause, waitFor } from "../support/wait-for.ts";

const nothing: RefreshResult = { changed: [], mistakes: [] };
const bad: RefreshResult = { changed: [], mistakes: ["churn.yaml:3: error: no"] };

test("asks again and again, and says each thing once while it stays the same", async () => {
  const logger = recordingLogger();
  const answers = [nothing, { ...nothing, changed: ["churn"] }, bad, bad, "away", "away", bad, nothing, bad] as const;
  let asked = 0;
  const refresher = startRefresh({
    everyMs: 1,
    logger,
    refresh: async () => {
      const answer = answers[asked] ?? bad;
      asked += 1;
      if (answer === "away") throw new Error(answer);
      return answer;
    },
  });
  await waitFor("all answers and more", () => asked > answers.length + 3);
  await refresher.close();
  expect(logger.lines.map(({ level, message }) => [level, message.split(";")[0]])).toEqual([
    ["info", "policies were put in force"],
    ["warn", "policies were refused"],
    ["warn", "policies could not be looked for"],
    ["warn", "policies were refused"],
    ["warn", "policies were refused"],
  ]);
});

test("close waits for the one in hand, and no other begins", async () => {
  let [begun, ended] = [0, 0];
  const refresher = startRefresh({
    everyMs: 1,
    logger: recordingLogger(),
    refresh: async () => {
      begun += 1;
      await pause(100);
      ended += 1;
      return nothing;
    },
  });
  await waitFor("one to begin", () => begun === 1);
  await refresher.close();
  expect(ended).toBe(1);
  await pause(50);
  expect(begun).toBe(1);
});
