import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pc from "picocolors";
import { createNews } from "../../src/cli/tell-news.ts";
import { beginWatch } from "../../src/stages/run/watch.ts";
import { now, openWorld, type World } from "../stages/run/world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({
    promote: "promote: { rollback: { when: performance.roc_auc.upper < promised.roc_auc.lower, within: 10d } }",
  });
});
afterAll(() => world.close());

test("what becomes of a watch is told once each, and nothing of what was before", async () => {
  const { state, ports, model } = world;
  const lines: string[] = [];
  const news = createNews(state, (text) => lines.push(text), pc.createColors(false));
  await news.tell();
  const policy = await ports.policies.of(model.policyRevision ?? "");
  const [versionId, baselineId] = [model.championVersion ?? "", model.championBaseline ?? ""];
  await state.transaction((tx) =>
    beginWatch(ports, tx, { model, versionId, baselineId, runId: undefined, at: now, policy }),
  );
  await news.tell();
  const watch = await state.watches.open(model.id);
  if (watch === undefined) throw new Error("no watch");
  const step = (epoch: number, to: "watching" | "kept", set: object) =>
    state.transaction((tx) => tx.watches.transition({ id: watch.id, from: "watching", epoch, to, set }));
  await step(0, "watching", { outcome: "the promise is broken and nothing can serve instead" });
  await news.tell();
  await news.tell();
  await step(1, "kept", { outcome: "3 checks found the promise kept", finishedAt: now });
  await news.tell();
  expect(lines.map((line) => line.trimEnd())).toEqual([
    "2024-03-01 churn: version 1: watching until 2024-03-11",
    "2024-03-01 churn: version 1: the promise is broken and nothing can serve instead",
    "2024-03-01 churn: version 1: kept: 3 checks found the promise kept",
  ]);
});
