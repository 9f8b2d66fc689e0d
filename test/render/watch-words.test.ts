import { expect, test } from "@jest/globals";
import type { WatchStanding } from "../../src/core/run/watch.ts";
import { isStuck, watchText } from "../../src/render/watch-words.ts";

const watch: WatchStanding = {
  state: "watching",
  endsAt: new Date("2026-07-01T00:00:00Z"),
  judged: 0,
  outcome: undefined,
};
const broken = "the promise is broken and nothing can serve instead: version 1 may not serve";

test.each([
  [watch, "watching until 2026-07-01", false],
  [{ ...watch, outcome: broken }, broken, true],
  [{ ...watch, state: "unverified" }, "unverified", false],
  [{ ...watch, state: "unverified", outcome: broken }, broken, true],
  [
    { ...watch, state: "kept", outcome: "2 checks found the promise kept" },
    "kept: 2 checks found the promise kept",
    false,
  ],
  [{ ...watch, state: "rolled back", outcome: "it \u001b[31m fell" }, "rolled back: it ·[31m fell", false],
] as const)("%j", (standing, text, stuck) => {
  expect([watchText(standing), isStuck(standing)]).toEqual([text, stuck]);
});
