import { expect, test } from "@jest/globals";
import { calibrateInThread } from "../../../src/adapters/calibration-thread/calibration-thread.ts";
import { calibrate } from "../../../src/core/calibration/calibrate.ts";
import { parsePolicy } from "../../../src/core/policy/parse-policy.ts";
import { independentHours, profileOf } from "../../core/calibration/hours.ts";

const source = `apiVersion: driftward/v1
kind: Policy
model: churn
owners: [risk@example.com]
schedule: { every: 6h }
window: { span: 24h, min_rows: 100 }
rules:
  - { name: drifted, when: drift.share >= 0.3, severity: warning, do: [notify] }
`;
const parsed = parsePolicy(source, "churn.yaml");
if ("problems" in parsed) throw new Error("the policy cannot be read");
const { policy } = parsed;
const { bins, hours } = independentHours(8, 30 * 24, 20, 31);
const input = { policy, profile: profileOf(bins, hours), hours, effort: 200_000 };

test("gives what the function gives, while the event loop turns", async () => {
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 2);
  const calibration = await calibrateInThread(input);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
  expect(calibration).toEqual(calibrate(input));
}, 30_000);

test("what cannot be calibrated is an error, not an end of the program", async () => {
  const hollow = { ...input, policy: { ...policy, rules: undefined as unknown as typeof policy.rules } };
  await expect(calibrateInThread(hollow)).rejects.toMatchObject({ code: "EngineFailed" });
}, 30_000);
