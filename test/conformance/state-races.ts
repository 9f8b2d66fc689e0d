import { randomUUID } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { RunRow } from "../../src/ports/state.ts";
import {
  hour,
  insertSampleModel,
  sampleCheck,
  sampleDecision,
  sampleIncident,
  sampleRun,
} from "../support/sample-rows.ts";
import type { GetState } from "./state.ts";

const isTrue = (value: boolean) => value;

export function describeRaces(getState: GetState): void {
  describe("races", () => {
    test("a transition takes effect for exactly one of many that try", async () => {
      const state = getState();
      const states = [state, await state.another(), await state.another()];
      const run = sampleRun(await insertSampleModel(state));
      await state.transaction((tx) => tx.runs.insert(run));
      const change = { id: run.id, from: "queued", epoch: 0, to: "retraining" } as const;
      const won = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          states[index % 3]?.transaction((tx) => tx.runs.transition({ ...change, set: { nextAttempt: index + 10 } })),
        ),
      );
      expect(won.filter((each) => each === true)).toHaveLength(1);
      expect(await state.runs.get(run.id)).toMatchObject({
        state: "retraining",
        epoch: 1,
        nextAttempt: won.indexOf(true) + 10,
      });
    });

    test("a transition from another state or epoch changes nothing", async () => {
      const state = getState();
      const run = sampleRun(await insertSampleModel(state), { epoch: 4 });
      await state.transaction((tx) => tx.runs.insert(run));
      const before = await state.runs.get(run.id);
      for (const stale of [
        { from: "queued", epoch: 3 },
        { from: "queued", epoch: 5 },
        { from: "retraining", epoch: 4 },
      ] as const)
        expect(await state.transaction((tx) => tx.runs.transition({ ...stale, id: run.id, to: "evaluating" }))).toBe(
          false,
        );
      expect(await state.runs.get(run.id)).toEqual(before);
    });

    test("an incident is acknowledged and resolved once", async () => {
      const state = getState();
      const model = await insertSampleModel(state);
      const check = sampleCheck(model, hour(1));
      const incident = await state.transaction(async (tx) => {
        await tx.checks.insert(check);
        return tx.incidents.insert(sampleIncident(model, check.id));
      });
      const resolve = {
        id: incident.id,
        from: "firing",
        epoch: 0,
        to: "resolved",
        set: { resolvedAt: hour(2), resolution: "quiet for 2d" },
      } as const;
      const won = await Promise.all(
        [state, await state.another()].map((each) => each.transaction((tx) => tx.incidents.transition(resolve))),
      );
      expect(won.filter(isTrue)).toHaveLength(1);
      expect(await state.incidents.open(model.modelId)).toEqual([]);
      expect(await state.incidents.get(incident.id)).toMatchObject({
        state: "resolved",
        epoch: 1,
        resolvedAt: hour(2),
      });
    });

    test("one incident is open per model, rule and segment", async () => {
      const state = getState();
      const model = await insertSampleModel(state);
      const check = sampleCheck(model, hour(1));
      await state.transaction(async (tx) => {
        await tx.checks.insert(check);
        await tx.incidents.insert(sampleIncident(model, check.id));
        await tx.incidents.insert(sampleIncident(model, check.id, { segment: "country=NL" }));
      });
      const second = state.transaction((tx) => tx.incidents.insert(sampleIncident(model, check.id)));
      await expect(second).rejects.toMatchObject({ code: "Conflict" });
    });

    test("a model has one active run, whoever starts it, and a decision one run for ever", async () => {
      const state = getState();
      const model = await insertSampleModel(state);
      const check = sampleCheck(model, hour(1));
      const decision = sampleDecision(check.id);
      await state.transaction(async (tx) => {
        await tx.checks.insert(check);
        await tx.decisions.insert(decision);
      });
      const runs = await Promise.all(
        [state, await state.another()].map((each) =>
          each.transaction((tx) => tx.runs.insert(sampleRun(model, { decisionId: decision.id }))),
        ),
      );
      const [started, ...more] = runs.filter((run): run is RunRow => run !== undefined);
      expect(more).toEqual([]);
      expect(await state.runs.active(model.modelId)).toEqual(started);
      const end = { state: "failed", set: { finishedAt: hour(2), outcome: "no rows" } } as const;
      await state.transaction((tx) =>
        tx.runs.transition({ id: started?.id ?? "", from: "queued", epoch: 0, to: end.state, set: end.set }),
      );
      expect(await state.runs.active(model.modelId)).toBeUndefined();
      const insert = (decisionId: string | undefined) =>
        state.transaction((tx) => tx.runs.insert(sampleRun(model, { decisionId })));
      expect(await insert(decision.id)).toBeUndefined();
      expect(await insert(undefined)).toBeDefined();
    });

    test("sequence numbers taken under the model's lock have no gap and no double", async () => {
      const state = getState();
      const states = [state, await state.another()];
      const { modelId } = await insertSampleModel(state);
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          states[index % 2]?.transaction(async (tx) => {
            const seq = (await tx.models.lock(modelId)).logSeq + 1;
            await tx.models.update(modelId, { logSeq: seq });
            return seq;
          }),
        ),
      );
      expect(taken.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });

    test("who waits for a model's lock sees what the one before it wrote", async () => {
      const state = getState();
      const name = `m-${randomUUID().slice(0, 8)}`;
      const seen = await Promise.all(
        [state, await state.another()].map((each) =>
          each.transaction(async (tx) => {
            const model = await tx.models.ensure(name, randomUUID(), hour(0));
            await tx.models.update(model.id, { championEpoch: model.championEpoch + 1 });
            return model.championEpoch;
          }),
        ),
      );
      expect(new Set(seen)).toEqual(new Set([0, 1]));
    });

    test("rows that refer to a model are written while its row is locked", async () => {
      const state = getState();
      const model = await insertSampleModel(state);
      await state.transaction(async (tx) => {
        await tx.models.lock(model.modelId);
        const inserting = state.transaction((other) => other.checks.insert(sampleCheck(model, hour(1))));
        expect(await inserting).toBe(true);
      });
    });

    test("transactions that lock each other out are run again until both are through", async () => {
      const state = getState();
      const [one, other] = [await insertSampleModel(state), await insertSampleModel(state)];
      let begun = 0;
      const lockBoth = (first: string, second: string) =>
        state.transaction(async (tx) => {
          begun += 1;
          const { championEpoch } = await tx.models.lock(first);
          await new Promise((resolve) => setTimeout(resolve, 100));
          await tx.models.lock(second);
          await tx.models.update(first, { championEpoch: championEpoch + 1 });
        });
      await Promise.all([lockBoth(one.modelId, other.modelId), lockBoth(other.modelId, one.modelId)]);
      expect(begun).toBeGreaterThan(2);
      for (const { modelId } of [one, other]) expect((await state.models.get(modelId)).championEpoch).toBe(1);
    });

    test("an error of the work is thrown as it is, at once, and leaves nothing", async () => {
      const state = getState();
      const [modelId, problem] = [randomUUID(), new Error("no")];
      let calls = 0;
      const work = state.transaction(async (tx) => {
        calls += 1;
        await tx.models.ensure(`m-${modelId}`, modelId, hour(0));
        throw problem;
      });
      await expect(work).rejects.toBe(problem);
      expect(calls).toBe(1);
      await expect(state.models.get(modelId)).rejects.toMatchObject({ code: "NotFound" });
    });
  });
}
