import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Actor } from "../../../src/core/actor.ts";
import { judgeApproval } from "../../../src/core/run/approval.ts";

const token = (id: string): Actor => ({ kind: "token", id });
const ada: Actor = { kind: "person", id: "ada" };

test("one word is enough where one is required, also of who asked for the run", () => {
  expect(judgeApproval({ approval: "required", askedBy: ada, given: [], by: ada })).toEqual({ enough: true, words: 1 });
});

describe("four eyes", () => {
  const ask = (given: readonly Actor[], by: Actor, askedBy?: Actor) =>
    judgeApproval({ approval: "four_eyes", askedBy, given, by });

  test("the first word is not enough, the second is", () => {
    expect(ask([], token("a"))).toEqual({ enough: false, words: 1 });
    expect(ask([token("a")], token("b"))).toEqual({ enough: true, words: 2 });
  });

  test.each<[string, readonly Actor[], Actor, Actor | undefined]>([
    ["a person without a token", [], ada, undefined],
    ["who asked for the run", [], token("a"), token("a")],
    ["who asked, as the second", [token("b")], token("a"), token("a")],
    ["the same again", [token("a")], token("a"), undefined],
  ])("refused: %s", (_name, given, by, askedBy) => expect(ask(given, by, askedBy)).toHaveProperty("refused"));

  test("a person and a token of one name are two", () =>
    expect(ask([], token("ada"), ada)).toEqual({ enough: false, words: 1 }));

  test("whatever words come in whatever order, it serves only by two tokens that did not ask", () => {
    const actor = fc.record({
      kind: fc.constantFrom("token" as const, "person" as const),
      id: fc.constantFrom("a", "b", "c"),
    });
    fc.assert(
      fc.property(fc.option(actor), fc.array(actor, { maxLength: 12 }), (asker, words) => {
        const askedBy = asker ?? undefined;
        const given: Actor[] = [];
        for (const by of words) {
          const answer = judgeApproval({ approval: "four_eyes", askedBy, given, by });
          if ("refused" in answer) continue;
          if (!given.some((one) => one.kind === by.kind && one.id === by.id)) given.push(by);
          const eyes = new Set(given.map(({ kind, id }) => `${kind} ${id}`));
          const asked = askedBy && `${askedBy.kind} ${askedBy.id}`;
          expect(given.every(({ kind }) => kind === "token") && !(asked !== undefined && eyes.has(asked))).toBe(true);
          expect(answer.enough).toBe(eyes.size >= 2);
          if (answer.enough) return;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
