import { expect, test } from "@jest/globals";
import { type Silence, silenceOf } from "../../../src/core/incident/silence.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 5, 1, hour));
const silence = (number: number, more: Partial<Silence> = {}): Silence => ({
  ...{ number, rule: undefined, segment: undefined, reason: "backfill", startsAt: at(1), endsAt: at(5) },
  ...more,
});
const incident = { rule: "inputs drifted", segment: "NL" };

test.each([
  ["before it begins", at(0), undefined],
  ["from its first instant", at(1), "silence 1: backfill"],
  ["to its last", new Date(at(5).getTime() - 1), "silence 1: backfill"],
  ["not at its end", at(5), undefined],
])("%s", (_, now, said) => {
  expect(silenceOf([silence(1)], incident, now)).toBe(said);
});

test.each([
  [{ rule: "inputs drifted" }, true],
  [{ rule: "performance dropped" }, false],
  [{ segment: "NL" }, true],
  [{ segment: "" }, false],
  [{ rule: "inputs drifted", segment: "DE" }, false],
])("one of %j", (more, mutes) => {
  expect(silenceOf([silence(1, more)], incident, at(2)) !== undefined).toBe(mutes);
});

test("of several, the one that lasts longest is named", () => {
  const several = [silence(1), silence(2, { endsAt: at(9), reason: "move" }), silence(3, { rule: "other" })];
  expect(silenceOf(several, incident, at(2))).toBe("silence 2: move");
});
