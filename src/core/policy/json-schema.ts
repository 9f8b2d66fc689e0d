import { z } from "zod";
import { policySchema } from "./schema.ts";

/** JSON Schema (draft 7) of a policy file as a person writes it: what editors complete and check by. */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(policySchema, { io: "input", target: "draft-7" });
  return { $schema, title: "Driftward policy, driftward/v1", ...schema };
}
