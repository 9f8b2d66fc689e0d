import { randomUUID } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import {
  hour,
  insertSampleModel,
  sampleBaseline,
  sampleCheck,
  sampleDecision,
  sampleIncident,
  sampleNotification,
  samplePolicyRevision,
  sampleRun,
  sampleVersion,
} from "../support/sample-rows.ts";
import type { GetState } from "./state.ts";

export function describeRows(getState: GetState): void {
  describe("rows come back as they went in", () => {
    test("a model: made once, changed, and undefined is written where it is said", async () => {
      const state = getState();
      const [id, name] = [randomUUID(), `churn-${randomUUID().slice(0, 8)}/NL`];
      const made = await state.transaction((tx) => tx.models.ensure(name, id, hour(1)));
      expect(made).toEqual({
        id,
        name,
        task: undefined,
        features: {},
        championVersion: undefined,
        championBaseline: undefined,
        championEpoch: 0,
        policyRevision: undefined,
        logSeq: 0,
        nextSlot: undefined,
        decidedSlot: undefined,
        createdAt: hour(1),
      });
      const again = await state.transaction((tx) => tx.models.ensure(name, randomUUID(), hour(2)));
      expect(again).toEqual(made);
      const features = { snake_case: "numeric", __proto: "categorical" } as const;
      const change = { task: "binary", features, logSeq: 9_007_199_254_740_991, nextSlot: hour(3) } as const;
      await state.transaction((tx) => tx.models.update(id, change));
      expect(await state.models.find(name)).toEqual({ ...made, ...change });
      await state.transaction((tx) => tx.models.update(id, { nextSlot: undefined, task: undefined }));
      expect(await state.models.get(id)).toEqual({ ...made, ...change, nextSlot: undefined, task: undefined });
      expect((await state.models.list()).map((each) => each.name)).toContain(name);
      expect(await state.models.find("nobody")).toBeUndefined();
    });

    test.each(["", "a b", "../etc", "a//b", "a/b/c", "-a"])("a model may not be named %j", async (name) => {
      const making = getState().transaction((tx) => tx.models.ensure(name, randomUUID(), hour(0)));
      await expect(making).rejects.toMatchObject({ code: "InvalidInput" });
    });

    test("what is asked for by id and is not there is NotFound", async () => {
      const state = getState();
      for (const noun of ["models", "policies", "versions", "baselines", "checks", "incidents", "runs"] as const)
        await expect(state[noun].get(randomUUID())).rejects.toMatchObject({ code: "NotFound" });
    });

    test("times keep their milliseconds, across zones and centuries", async () => {
      const state = getState();
      const { modelId } = await insertSampleModel(state);
      for (const text of ["1937-05-01T12:00:00.123Z", "2026-03-29T01:30:00.999Z", "2026-10-25T00:59:59.001Z"]) {
        await state.transaction((tx) => tx.models.update(modelId, { nextSlot: new Date(text) }));
        expect((await state.models.get(modelId)).nextSlot?.toISOString()).toBe(text);
        const [row] = await state.sql(
          "select next_slot at time zone 'UTC' = $2::timestamp as same from model where id = $1",
          [modelId, text.slice(0, -1)],
        );
        expect(row).toEqual({ same: true });
      }
    });

    test("policies, versions, baselines and aliases", async () => {
      const state = getState();
      const { modelId, policyRevisionId, versionId, baselineId } = await insertSampleModel(state);
      const revision = samplePolicyRevision(modelId, {
        seq: 2,
        source: "a: 'ü'\r\n# \u0001\n",
        gitCommit: "abc",
        author: "A <a@b>",
      });
      const version = sampleVersion(modelId, { lineage: { run: { rows: 3 } }, createdAt: hour(4) });
      const baseline = sampleBaseline(modelId, version.id, { metrics: { roc_auc: { estimate: 0.8 } } });
      const newer = { ...baseline, id: randomUUID(), createdAt: hour(9) };
      const change = {
        modelId,
        alias: "champion",
        baselineId: undefined,
        at: hour(1),
        reason: "first",
        runId: undefined,
      };
      await state.transaction(async (tx) => {
        await tx.policies.insert(revision);
        expect(await tx.versions.insert(version)).toBe(true);
        expect(await tx.versions.insert({ ...version, id: randomUUID() })).toBe(false);
        await tx.baselines.insert(baseline);
        await tx.baselines.insert(newer);
        await tx.aliases.insert({ ...change, seq: 1, versionId });
        await tx.aliases.insert({ ...change, seq: 2, versionId: version.id, baselineId, at: hour(5) });
      });
      expect(await state.policies.latest(modelId)).toEqual(revision);
      expect((await state.policies.get(policyRevisionId)).seq).toBe(1);
      expect(await state.versions.get(version.id)).toEqual(version);
      expect(await state.versions.find(modelId, version.name)).toEqual(version);
      expect((await state.versions.list(modelId)).map(({ id }) => id)).toEqual([versionId, version.id]);
      const found = await state.baselines.get(baseline.id);
      expect({ ...found, profile: [...found.profile] }).toEqual({ ...baseline, profile: [0, 1, 255] });
      expect((await state.baselines.ofVersion(version.id))?.id).toBe(newer.id);
      expect((await state.baselines.summaries(modelId)).map((one) => one.id)).toEqual([baselineId, newer.id]);
      const { id, versionId: ofVersion, rowCount, source, createdAt } = newer;
      const summary = { id, versionId: ofVersion, rowCount, source, createdAt };
      expect((await state.baselines.summaries(modelId)).at(-1)).toEqual(summary);
      expect(await state.baselines.summary(newer.id)).toEqual(summary);
      await expect(state.baselines.summary(randomUUID())).rejects.toMatchObject({ code: "NotFound" });
      expect((await state.aliases.history(modelId, "champion")).map(({ seq }) => seq)).toEqual([1, 2]);
      expect(await state.aliases.at(modelId, "champion", hour(0))).toBeUndefined();
      expect((await state.aliases.at(modelId, "champion", hour(4)))?.seq).toBe(1);
      expect((await state.aliases.at(modelId, "champion", hour(5)))?.baselineId).toBe(baselineId);
    });

    test("a check with its findings, outcomes and rule states", async () => {
      const state = getState();
      const model = await insertSampleModel(state);
      const [first, second] = [sampleCheck(model, hour(1)), sampleCheck(model, hour(2))];
      const byHand = sampleCheck(model, hour(3), { slotKey: "" });
      const finding = { checkId: first.id, feature: "age_years", segment: "country=NL", test: "psi" };
      const outcome = { checkId: first.id, rule: "r", segment: "", outcome: "holds", severity: "critical" } as const;
      const result = {
        state: "done",
        verdict: "critical",
        reason: undefined,
        rowCount: 12,
        quarantined: 0,
        quality: [{ feature: "a", null_rise: 0.2 }],
        performance: { roc_auc: { lower: 0.1 } },
        segments: [{ segment: "country=NL", rows: 7 }],
        explanation: { rows: 12 },
        doneAt: hour(4),
        versionId: model.versionId,
        baselineId: model.baselineId,
      } as const;
      await state.transaction(async (tx) => {
        for (const check of [second, first, byHand, { ...byHand, id: randomUUID() }])
          expect(await tx.checks.insert(check)).toBe(true);
        expect(await tx.checks.insert({ ...first, id: randomUUID() })).toBe(false);
        expect(await tx.checks.finish(first.id, result)).toBe(true);
        expect(await tx.checks.finish(first.id, result)).toBe(false);
        await tx.checks.insertFindings([{ ...finding, body: { drifted: true, edges: [1, 2.5] } }]);
        await tx.checks.insertRuleOutcomes([{ ...outcome, body: { values: [] } }]);
        await tx.checks.insertFindings([]);
        await tx.checks.saveRuleState(model.modelId, "r", "", { holdsSince: 1 });
        await tx.checks.saveRuleState(model.modelId, "r", "", { holdsSince: 2 });
      });
      expect(await state.checks.get(first.id)).toEqual({ ...first, ...result });
      expect(await state.checks.get(second.id)).toEqual(second);
      expect((await state.checks.after(model.modelId, undefined, 9)).map(({ id }) => id)).toEqual([
        first.id,
        second.id,
      ]);
      expect((await state.checks.after(model.modelId, hour(1), 9)).map(({ id }) => id)).toEqual([second.id]);
      expect((await state.checks.recent(model.modelId, 3)).map(({ slotKey }) => slotKey)).toEqual([
        "",
        "",
        second.slotKey,
      ]);
      expect(await state.checks.findings(first.id)).toEqual([{ ...finding, body: { drifted: true, edges: [1, 2.5] } }]);
      expect(await state.checks.ruleOutcomes(first.id)).toEqual([{ ...outcome, body: { values: [] } }]);
      expect(await state.checks.ruleState(model.modelId, "r", "")).toEqual({ holdsSince: 2 });
      expect(await state.checks.ruleState(model.modelId, "r", "other")).toBeUndefined();
    });

    test("a calibration stays what it was first", async () => {
      const state = getState();
      const { baselineId } = await insertSampleModel(state);
      const digest = randomUUID();
      const row = { digest, baselineId, body: { alpha: 0.05, limit: 1e-9 }, createdAt: hour(1) };
      expect(await state.calibrations.find(digest)).toBeUndefined();
      await state.transaction(async (tx) => {
        expect(await tx.calibrations.insert(row)).toBe(true);
        expect(await tx.calibrations.insert({ ...row, body: { alpha: 1 }, createdAt: hour(2) })).toBe(false);
        expect(await tx.calibrations.find(digest)).toEqual(row);
      });
      expect(await state.calibrations.find(digest)).toEqual(row);
      await expect(state.sql("update calibration set body = '{}'")).rejects.toThrow("is append-only");
    });

    test("a done check has a verdict, and an inconclusive one its reason", async () => {
      const state = getState();
      const model = await insertSampleModel(state);
      const done = { state: "done", doneAt: hour(1) } as const;
      for (const wrong of [done, { ...done, verdict: "inconclusive" }, { verdict: "ok" }] as const) {
        const inserting = state.transaction((tx) => tx.checks.insert(sampleCheck(model, hour(1), wrong)));
        await expect(inserting).rejects.toMatchObject({ code: "InvalidInput" });
      }
    });

    test("decisions and notifications", async () => {
      const state = getState();
      const model = await insertSampleModel(state);
      const check = sampleCheck(model, hour(1));
      const decision = sampleDecision(check.id);
      const notification = sampleNotification(randomUUID());
      await state.transaction(async (tx) => {
        await tx.checks.insert(check);
        expect(await tx.decisions.insert(decision)).toBe(true);
        expect(await tx.decisions.insert({ ...decision, id: randomUUID() })).toBe(false);
        expect(await tx.notifications.insert(notification)).toBe(true);
        expect(await tx.notifications.insert({ ...notification, id: randomUUID(), messageId: "x" })).toBe(false);
        expect(await tx.notifications.markSent(notification.id, hour(2))).toBe(true);
        expect(await tx.notifications.markSent(notification.id, hour(3))).toBe(false);
      });
      expect(await state.decisions.ofCheck(check.id)).toEqual([decision]);
      expect(await state.decisions.get(decision.id)).toEqual(decision);
      const sent = { ...notification, state: "sent", sentAt: hour(2) };
      expect(await state.notifications.get(notification.id)).toEqual(sent);
      expect(await state.notifications.ofSubject(notification.subjectId)).toEqual([sent]);
    });

    test("incidents and runs have numbers that people can say", async () => {
      const state = getState();
      const model = await insertSampleModel(state);
      const check = sampleCheck(model, hour(1));
      const [incident, run] = await state.transaction(async (tx) => {
        await tx.checks.insert(check);
        return [await tx.incidents.insert(sampleIncident(model, check.id)), await tx.runs.insert(sampleRun(model))];
      });
      expect(await state.incidents.findByNumber(incident.number)).toEqual(incident);
      expect(await state.incidents.get(incident.id)).toEqual(incident);
      expect(await state.incidents.open(model.modelId)).toEqual([incident]);
      expect(await state.incidents.recent(model.modelId, 1)).toEqual([incident]);
      expect(await state.runs.findByNumber(run?.number ?? 0)).toEqual(run);
      expect(await state.runs.recent(model.modelId, 1)).toEqual([run]);
    });

    test("attempts and gates of a run", async () => {
      const state = getState();
      const run = sampleRun(await insertSampleModel(state));
      const attempt = { runId: run.id, n: 1, runner: "process", runnerKey: `${run.id}.1`, startedAt: hour(1) };
      const starting = {
        ...attempt,
        state: "starting",
        finishedAt: undefined,
        exitCode: undefined,
        message: undefined,
      } as const;
      const end = { state: "failed", finishedAt: hour(2), exitCode: 7, message: "no rows" } as const;
      const gate = {
        runId: run.id,
        gate: "candidate.roc_auc.lower >= 0.78",
        outcome: "pass",
        body: { value: 0.8 },
      } as const;
      const { modelId } = run;
      await state.transaction(async (tx) => {
        const inserted = await tx.runs.insert(run);
        expect(await tx.runs.judgedBefore(modelId, (inserted?.number ?? 0) + 1, 10)).toEqual([]);
        expect(await tx.runs.insertAttempt(starting)).toBe(true);
        expect(await tx.runs.insertAttempt(starting)).toBe(false);
        expect(await tx.runs.finishAttempt(run.id, 1, end)).toBe(true);
        expect(await tx.runs.finishAttempt(run.id, 1, { ...end, state: "succeeded" })).toBe(false);
        await tx.runs.insertGates([gate, { ...gate, gate: "candidate.log_loss.upper < 0.5" }]);
        await tx.runs.insertGates([]);
        const number = inserted?.number ?? 0;
        expect(await tx.runs.judgedBefore(modelId, number + 1, 10)).toEqual([inserted]);
        expect(await tx.runs.judgedBefore(modelId, number, 10)).toEqual([]);
        expect(await tx.runs.judgedBefore(randomUUID(), number + 1, 10)).toEqual([]);
      });
      expect(await state.runs.attempts(run.id)).toEqual([{ ...attempt, ...end }]);
      expect(await state.runs.gates(run.id)).toEqual([{ ...gate, gate: "candidate.log_loss.upper < 0.5" }, gate]);
    });

    test("an instance keeps its id", async () => {
      const [one, other] = [await getState().instance.id(), await (await getState().another()).instance.id()];
      expect(one).toMatch(/^[0-9a-f-]{36}$/);
      expect(other).toBe(one);
    });
  });
}
