import { z } from "zod";
import {
  evaluateSection,
  forEachSection,
  modelName,
  ownersSection,
  promoteSection,
  retrainSection,
  rulesSection,
} from "./schema-act.ts";
import { baselineSection, dataSection, scheduleSection, windowSection } from "./schema-data.ts";
import { oneOf, section } from "./schema-fields.ts";
import { maintenanceSection, notifySection } from "./schema-notify.ts";
import { driftSection, performanceSection, qualitySection } from "./schema-watch.ts";

const shape = {
  apiVersion: oneOf("driftward/v1").describe("Version of this file's language."),
  kind: oneOf("Policy").describe("What this file is."),
  model: modelName,
  owners: ownersSection.describe("Who is responsible; `mail: owners` reaches them. Default: nobody.").prefault([]),
  for_each: forEachSection.optional(),
  data: dataSection.prefault({}),
  baseline: baselineSection.prefault({}),
  schedule: scheduleSection.prefault({ every: "1h" }),
  window: windowSection.prefault({}),
  drift: driftSection.prefault({}),
  quality: qualitySection.prefault({}),
  performance: performanceSection.prefault({}),
  rules: rulesSection,
  retrain: retrainSection.optional(),
  evaluate: evaluateSection.prefault({}),
  promote: promoteSection.prefault({}),
  notify: notifySection.prefault({}),
  maintenance: maintenanceSection.optional(),
};

/** The whole policy file, strictly: units parsed, every default filled in. */
export const policySchema = section("A policy: what governs one model.", shape);

export type PolicyFile = z.output<typeof policySchema>;

/** `defaults.yaml`: what all models of a team share, so any part of a policy but the model. */
export const defaultsSchema = section("What all policies of this folder share.", {
  ...shape,
  kind: oneOf("PolicyDefaults").describe("What this file is."),
  model: z.never({ error: "no model: defaults are for all models" }).optional(),
  for_each: z.never({ error: "no for_each: defaults are for all models" }).optional(),
  rules: rulesSection.optional(),
  retrain: section("As in a policy; the trainer may be left to each.", {
    ...retrainSection.shape,
    trainer: retrainSection.shape.trainer.optional(),
  }).optional(),
});
