import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readCheck } from "../../../src/actions/check-model.ts";
import type { Explanation } from "../../../src/core/drift/explain-rows.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { CheckRow } from "../../../src/ports/state.ts";
import { at, baselineRows, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
});
afterAll(() => world.close());

/** Four hours in which `x` moved in plan basic alone, twelve rows in two minutes. */
const basicMoved = rowsBetween(0, 4).flatMap((row) =>
  Array.from({ length: 12 }, (_, i) => ({
    ...row,
    prediction_id: `${row.prediction_id}-${i}`,
    x: ((row.x + 8.3 * i) % 100) + (row.plan === "basic" ? 60 : 0),
  })),
);

async function checked(name: string, more: string): Promise<CheckRow> {
  world.setNow(at(0));
  await world.baseline(name, "1", baselineRows);
  await world.apply(policyOf(name, more));
  await world.predict(name, basicMoved);
  const last = (await world.plan(name, at(4))).at(-1);
  return world.check(last?.id ?? "");
}

test("a drifted check records which rows carry it; who looks at it and who gets the mail is told", async () => {
  const done = await checked("e1", "");
  const explanation = done.explanation as Explanation;
  expect(explanation).toMatchObject({ conditions: [{ feature: "plan", is: "= basic" }], features: ["x"], whole: true });
  expect(explanation.explained).toBeGreaterThan(0.8);
  expect((await readCheck(world.state, done.id, [])).explanation).toEqual(explanation);
  expect((await readCheck(world.state, done.id, ["plan"])).explanation).toBeUndefined();
  for (const planned of await world.state.checks.after((await world.model("e1")).id, undefined, 10))
    if (planned.state === "planned") await world.check(planned.id);
  await world.decide("e1");
  const [incident] = await world.incidents("e1");
  const [mail] = await world.mails(incident?.id ?? "");
  const notice = mail?.body as IncidentNotice | undefined;
  expect(notice?.explanation?.conditions).toEqual(explanation.conditions);
});

test("no condition is on a sensitive feature, and a matched baseline explains nothing", async () => {
  expect((await checked("e2", "data: { sensitive: [plan] }")).explanation).toBeUndefined();
  expect((await checked("e3", "baseline: { match: [hour] }")).explanation).toBeUndefined();
});
