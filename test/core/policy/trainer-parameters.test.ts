import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  describeParameter,
  fillParameters,
  type ParameterDeclaration,
  type ParameterValue,
} from "../../../src/core/policy/trainer-parameters.ts";

const declared = {
  epochs: { type: "integer", minimum: 1, maximum: 100, default: 10 },
  rate: { type: "number", minimum: 0 },
  loss: { type: "string", values: ["log", "hinge"], default: "log" },
  warm: { type: "boolean", default: false },
  note: { type: "string", default: "" },
} as const satisfies Record<string, ParameterDeclaration>;

test("fills in defaults, in order of the declaration", () => {
  const filled = fillParameters(declared, { warm: true, rate: 0.1 });
  expect(filled).toEqual({ values: { epochs: 10, rate: 0.1, loss: "log", warm: true, note: "" } });
  expect("values" in filled && Object.keys(filled.values)).toEqual(Object.keys(declared));
});

const wrong: readonly [Record<string, ParameterValue>, string, string][] = [
  [{ epochs: 0 }, "epochs", "expected an integer from 1 to 100, got 0"],
  [{ epochs: 101 }, "epochs", "expected an integer from 1 to 100, got 101"],
  [{ epochs: 1.5 }, "epochs", "expected an integer from 1 to 100, got 1.5"],
  [{ epochs: "20" }, "epochs", 'expected an integer from 1 to 100, got "20"'],
  [{ epochs: true }, "epochs", "expected an integer from 1 to 100, got true"],
  [{ rate: -1 }, "rate", "expected a number of at least 0, got -1"],
  [{ rate: Number.POSITIVE_INFINITY }, "rate", "expected a number of at least 0, got null"],
  [{ loss: "mse" }, "loss", 'expected one of "log", "hinge", got "mse"'],
  [{ warm: "yes" }, "warm", 'expected true or false, got "yes"'],
  [{ note: "a\0b" }, "note", 'expected a text, got "a\\u0000b"'],
  [{ epoch: 3 }, "epoch", "the trainer declares no such parameter"],
  [{ constructor: 1 }, "constructor", "the trainer declares no such parameter"],
];

describe("refuses", () => {
  test.each(wrong)("%j", (given, name, message) => {
    const filled = fillParameters(declared, { rate: 1, ...given });
    expect("problems" in filled && filled.problems).toEqual([expect.objectContaining({ name, message })]);
  });
  test("a parameter that has no value", () => {
    expect(fillParameters(declared, {})).toEqual({
      problems: [{ name: "rate", message: "expected a value, got none" }],
    });
  });
  test("all at once", () => {
    const filled = fillParameters(declared, { epochs: 0, more: 1 });
    expect("problems" in filled && filled.problems.map(({ name }) => name)).toEqual(["more", "epochs", "rate"]);
  });
});

test("names what is declared beside an unknown name", () => {
  const filled = fillParameters({ epochs: declared.epochs }, { epoch: 1 });
  expect("problems" in filled && filled.problems[0]?.hint).toBe("it declares epochs");
});

test("what passes lies within what was declared", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.double(), (a, b, value) => {
      const [minimum, maximum] = [Math.min(a, b), Math.max(a, b)];
      const filled = fillParameters({ x: { type: "number", minimum, maximum } }, { x: value });
      expect("values" in filled).toBe(value >= minimum && value <= maximum);
    }),
  );
});

test("describes one-sided bounds", () => {
  expect(describeParameter({ type: "integer", maximum: 5 })).toBe("an integer of at most 5");
});
