import { expect, test } from "@jest/globals";
import { compare, compareFiles, measure, openDriftward, profile } from "../../src/index.ts";

/** As a program without types gives them. */
const misspelt = (options: object) => options as never;

test("options that do not exist are refused with the nearest name", async () => {
  const rows = { x: [1, 2, 3] };
  const refused = (named: string) => ({ code: "InvalidInput", hint: expect.stringContaining(`"${named}"`) });
  expect(() => compare(rows, rows, misspelt({ alarmrate: 0.1 }))).toThrow(
    expect.objectContaining(refused("alarmRate")),
  );
  expect(() => profile(rows, misspelt({ edge: 3 }))).toThrow(expect.objectContaining(refused("edges")));
  const scored = { task: "regression", labels: [1, 2], predictions: [1, 2] };
  expect(() => measure("mae", misspelt(scored), misspelt({ confidense: 0.9 }))).toThrow(
    expect.objectContaining(refused("confidence")),
  );
  await expect(compareFiles("a.csv", "b.csv", misspelt({ exakt: true }))).rejects.toMatchObject(refused("exact"));
  await expect(openDriftward(misspelt({ foldr: "." }))).rejects.toMatchObject(refused("folder"));
});

test("one that is near to none is told which there are; what is no object is none", () => {
  const rows = { x: [1, 2, 3] };
  expect(() => compare(rows, rows, misspelt({ alfa: 1 }))).toThrow(
    expect.objectContaining({ code: "InvalidInput", hint: expect.stringContaining("alarmRate, floor") }),
  );
  for (const options of [null, 5, "floor"])
    expect(() => compare(rows, rows, options as never)).toThrow(/expected an object of options of compare/);
});

test("the plan of a bootstrap is looked through too", () => {
  const scored = { task: "regression" as const, labels: [1, 2], predictions: [1, 2] };
  const plan = misspelt({ bootstrap: { seed: 1, resample: 200 } });
  expect(() => measure("mae", scored, plan)).toThrow(
    expect.objectContaining({ code: "InvalidInput", hint: 'did you mean "resamples"?' }),
  );
});
