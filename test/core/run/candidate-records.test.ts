import { expect, test } from "@jest/globals";
import { candidateRecords } from "../../../src/core/run/candidate-records.ts";

const schema = {
  prediction: "numeric",
  scores: ["score"],
  features: [
    { name: "plan", kind: "categorical" },
    { name: "x", kind: "numeric" },
  ],
} as const;

test("joins by id, keeps what is missing missing, and goes by time", () => {
  const records = candidateRecords(
    {
      inputs: {
        columns: ["id", "plan", "x"],
        rows: [{ id: "r1", plan: 7 }, { id: "r2", plan: "pro", x: 2 }, { id: "r3" }],
      },
      outputs: {
        columns: ["id", "prediction", "score"],
        rows: [
          { id: "r2", prediction: 1, score: 0.9 },
          { id: "r1", prediction: 0 },
        ],
      },
      key: {
        columns: ["id", "timestamp", "label", "entity_id"],
        rows: [
          { id: "r1", timestamp: new Date(20), label: 1 },
          { id: "r2", timestamp: new Date(10), label: 0, entity_id: 5 },
          { id: "r3", timestamp: new Date(5), label: 0 },
        ],
      },
    },
    schema,
  );
  const common = { invalid: [] };
  expect(records).toEqual([
    { ...common, timestamp: new Date(10), prediction: 1, label: 0, entityId: "5", scores: [0.9], features: ["pro", 2] },
    {
      ...common,
      timestamp: new Date(20),
      prediction: 0,
      label: 1,
      entityId: undefined,
      scores: [undefined],
      features: ["7", undefined],
    },
  ]);
});
