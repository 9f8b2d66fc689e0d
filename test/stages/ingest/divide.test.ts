import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ingestDivided } from "../../../src/stages/ingest/divide.ts";
import { testActor } from "../../support/open-test-log.ts";
import { at, openWatchWorld, policyOf, rowsBetween, type WatchWorld } from "../../support/watch-world.ts";

let world: WatchWorld;
beforeAll(async () => {
  world = await openWatchWorld();
  world.setNow(at(0));
});
afterAll(() => world.close());

let names = 0;
async function divided(values: string): Promise<string> {
  names += 1;
  const name = `d${names}`;
  await world.apply(policyOf(name, `for_each: { shop: [${values}] }`));
  world.setNow(at(20));
  return name;
}

const send = async (model: string, kind: "predictions" | "labels", rows: readonly object[]) => {
  const { parts, elsewhere } = await ingestDivided(world.ports, { model, kind, actor: testActor, from: { rows } });
  return { parts: parts.map(({ model: to, result }) => [to, result.accepted, result.known]), elsewhere };
};

const rowsOf = (shops: readonly unknown[]) =>
  rowsBetween(0, 2).map((row, n) => ({ ...row, shop: shops[n % shops.length] }));

test("each row goes to the model of its value, once, and a value of none is counted", async () => {
  const name = await divided("NL, DE");
  const rows = rowsOf(["NL", "DE", "FR"]);
  const first = {
    parts: [
      [`${name}/DE`, 20, 0],
      [`${name}/NL`, 20, 0],
    ],
    elsewhere: 20,
  };
  expect(await send(name, "predictions", rows)).toEqual(first);
  expect(await send(name, "predictions", rows)).toEqual(first);
  expect(await world.state.models.find(name)).toBeUndefined();
  const model = await world.model(`${name}/NL`);
  expect((await world.state.log.files(model.id, "predictions", {})).map(({ rowCount }) => rowCount)).toEqual([20]);
});

test("values are compared as categories are", async () => {
  const name = await divided('"1", "2"');
  expect((await send(name, "predictions", rowsOf([1, "2.0"]))).parts).toEqual([
    [`${name}/1`, 30, 0],
    [`${name}/2`, 30, 0],
  ]);
});

test("labels go where their predictions are, also when those come later", async () => {
  const name = await divided("NL, DE");
  const rows = rowsOf(["NL", "DE"]);
  const labels = rows.map(({ prediction_id, prediction }) => ({
    ...{ prediction_id, label: prediction, label_timestamp: at(5).toISOString() },
  }));
  expect(await send(name, "labels", labels)).toEqual({ parts: [], elsewhere: 60 });
  await send(name, "predictions", rows.slice(0, 30));
  expect(await send(name, "labels", labels)).toEqual({
    parts: [
      [`${name}/DE`, 15, 0],
      [`${name}/NL`, 15, 0],
    ],
    elsewhere: 30,
  });
  await send(name, "predictions", rows);
  expect(await send(name, "labels", labels)).toEqual({
    parts: [
      [`${name}/DE`, 15, 15],
      [`${name}/NL`, 15, 15],
    ],
    elsewhere: 0,
  });
});

test("predictions without the column are refused, with the way out", async () => {
  const name = await divided("NL");
  await expect(send(name, "predictions", rowsBetween(0, 1))).rejects.toThrow(
    `expected the column "shop", by which for_each divides ${name}`,
  );
});

test("a model that nothing divides is as ever", async () => {
  expect(await send("plain", "predictions", rowsBetween(0, 1))).toEqual({ parts: [["plain", 30, 0]], elsewhere: 0 });
});
