import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { allows, type Identity, type Standing } from "../../../src/core/identity/identity.ts";
import { type Act, acts, type Role, roleAllows, roles } from "../../../src/core/identity/role.ts";

const table: Readonly<Record<Act, string>> = {
  //               viewer operator approver admin
  look: "          yes    yes      yes      yes",
  ingest: "        -      yes      -        yes",
  baseline: "      -      yes      -        yes",
  check: "         -      yes      -        yes",
  acknowledge: "   -      yes      yes      yes",
  silence: "       -      yes      -        yes",
  quarantine: "    -      yes      -        yes",
  retrain: "       -      yes      -        yes",
  cancel: "        -      yes      -        yes",
  approve: "       -      -        yes      -",
  lift: "          -      -        yes      -",
  rollback: "      -      yes      yes      yes",
  apply: "         -      -        -        yes",
  manage: "        -      -        -        yes",
  serve: "         -      -        -        yes",
};
const allActs = Object.keys(acts) as Act[];
const cells = allActs.flatMap((act) => {
  const row = table[act].trim().split(/\s+/);
  return roles.map((role, i) => [role, act, row[i] === "yes"] as const);
});

test.each(cells)("%s, %s: %s", (role, act, expected) => expect(roleAllows(role, act)).toBe(expected));

test("docs/access.md shows the same table", () => {
  const page = readFileSync("docs/access.md", "utf8");
  const rows = [...page.matchAll(/^\| `(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
  const shown = rows.map(([, act, ...marks]) => [
    act,
    marks.map((mark) => (mark.trim() === "" ? "-" : "yes")).join(" "),
  ]);
  expect(Object.fromEntries(shown)).toEqual(
    Object.fromEntries(allActs.map((act) => [act, table[act].trim().split(/\s+/).join(" ")])),
  );
});

const token = (role: Role, models?: readonly string[]): Identity => ({
  actor: { kind: "token", id: "ada" },
  standing: { kind: "token", role, models },
});
const person = (standing: Standing): Identity => ({ actor: { kind: "person", id: "root" }, standing });

describe("a token limited to models", () => {
  const limited = token("operator", ["churn", "fraud/NL"]);

  test.each([
    ["churn", true],
    ["churn/NL", true],
    ["churn2", false],
    ["churn-eu", false],
    ["fraud/NL", true],
    ["fraud", false],
    ["fraud/NLX", false],
    ["fraud/DE", false],
    [undefined, false],
  ])("for %s: %s", (model, expected) => expect(allows(limited, "retrain", model).allowed).toBe(expected));

  test("is told which models it is for", () => {
    expect(allows(limited, "look", undefined)).toEqual({
      allowed: false,
      reason: "token ada is for churn, fraud/NL, and this is about all models",
      hint: "name one: churn, fraud/NL",
    });
    expect(allows(limited, "look", "other")).toMatchObject({
      reason: "token ada is for churn, fraud/NL, not for other",
    });
  });

  test("never may what its role may not, whatever the model", () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...roles),
        fc.constantFrom(...allActs),
        fc.option(fc.string()),
        (role, act, model) => {
          const answer = allows(token(role, model === null ? undefined : [model]), act, model ?? undefined);
          expect(answer.allowed).toBe(roleAllows(role, act));
        },
      ),
    ));
});

test("a refusal names the role and who may", () =>
  expect(allows(token("admin"), "approve", "churn")).toEqual({
    allowed: false,
    reason: "token ada has the role admin, which may not approve or reject candidates",
    hint: "ask for a token with the role approver",
  }));

test("a refusal to lift a version speaks of that", () =>
  expect(allows(token("operator"), "lift", "churn")).toEqual({
    allowed: false,
    reason: "token ada has the role operator, which may not lift a version that was taken back",
    hint: "ask for a token with the role approver",
  }));

describe("without a token", () => {
  test("the owner of a state that nobody else uses may do everything", () =>
    expect(allActs.filter((act) => !allows(person({ kind: "owner" }), act, undefined).allowed)).toEqual([]));

  test.each<[string, Standing, readonly Act[]]>([
    ["a server without tokens", { kind: "guest", mayManage: true, mayLook: true }, ["look", "manage"]],
    ["tokens, none of which can make others", { kind: "guest", mayManage: true, mayLook: false }, ["manage"]],
    ["tokens", { kind: "guest", mayManage: false, mayLook: false }, []],
  ])("%s", (_name, standing, expected) =>
    expect(allActs.filter((act) => allows(person(standing), act, undefined).allowed)).toEqual(expected),
  );
});
