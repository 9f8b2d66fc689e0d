import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { policyJsonSchema } from "../../../src/core/policy/json-schema.ts";

const file = new URL("../../../policies/schema/policy.v1.json", import.meta.url);

test("policies/schema/policy.v1.json is fresh (UPDATE_FIXTURES=1 writes it)", () => {
  const now = `${JSON.stringify(policyJsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_FIXTURES === "1") writeFileSync(file, now);
  expect(readFileSync(file, "utf8")).toBe(now);
});

type Schema = { readonly [key: string]: unknown };

function* fieldsOf(schema: Schema, path = ""): Generator<readonly [string, Schema]> {
  for (const [name, field] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
    yield [`${path}${name}`, field];
    yield* fieldsOf(field, `${path}${name}.`);
    if (field.type === "array") yield* fieldsOf(field.items as Schema, `${path}${name}[].`);
  }
}

test("every field is described, and every optional one says its default or that there is none", () => {
  for (const [path, field] of fieldsOf(policyJsonSchema())) {
    const description = String(field.description ?? "");
    expect([path, description.length > 10]).toEqual([path, true]);
    const isSection = field.type === "object" && field.properties !== undefined;
    if (field.default !== undefined && !isSection)
      expect([path, description]).toEqual([path, expect.stringContaining("efault")]);
  }
});

test("sections are closed: editors mark unknown keys too", () => {
  for (const [path, field] of fieldsOf(policyJsonSchema()))
    if (field.properties !== undefined) expect([path, field.additionalProperties]).toEqual([path, false]);
});

test("editors accept the examples, and mark a misspelt key", () => {
  const editor = z.fromJSONSchema(policyJsonSchema());
  const folder = new URL("../../../policies/examples/", import.meta.url);
  for (const name of readdirSync(folder)) {
    const value = parse(readFileSync(new URL(name, folder), "utf8")) as Record<string, unknown>;
    expect([name, editor.safeParse(value).error?.issues]).toEqual([name, undefined]);
    expect(editor.safeParse({ ...value, rulez: [] }).success).toBe(false);
  }
});
