import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPast } from "../../src/actions/replay/past.ts";
import { replayPolicy } from "../../src/actions/replay/replay-policy.ts";
import { openServices } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import { compareRecord } from "../../src/core/replay/compare-record.ts";
import type { Replay } from "../../src/core/replay/replay.ts";
import type { Services } from "../../src/ports/services.ts";
import type { CheckRow } from "../../src/ports/state.ts";
import type { WindowEvaluation } from "../../src/stages/check/evaluate-window.ts";
import { demoArguments, ofDemo, until, withData } from "./demo.ts";
import { exampleFolder, makeFolder, runJson, runProgram } from "./program.ts";

/* The demo lives through four months: windows, late labels, an incident, a run, a promotion. Then its policy is replayed. */

const folder = makeFolder("replay");
const policyFile = join(exampleFolder, "policies/bike-demand.yaml");
let services: Services;
let replay: Replay;
const seen: { readonly row: CheckRow; readonly evaluation: WindowEvaluation }[] = [];

beforeAll(async () => {
  const demo = await runProgram(demoArguments(folder.path));
  if (demo.code !== 0) throw new Error(`the demo ended with ${demo.code}:\n${demo.stdout}\n${demo.stderr}`);
  const config = loadConfig(process.cwd(), { DRIFTWARD_DATA: folder.path }, join(exampleFolder, "driftward.yaml"));
  services = await openServices(config, { kind: "person", id: "tester" });
  const model = await services.state.models.find("bike-demand");
  if (model?.policyRevision === undefined) throw new Error("the demo left no policy in force");
  const policy = await services.policies.of(model.policyRevision);
  const outcome = await replayPolicy(services, await openPast(services, model), {
    policy,
    from: new Date("2011-11-01T00:00:00Z"),
    to: new Date(`${until}T00:00:00Z`),
    hindsight: false,
    onCheck: (row, evaluation) => seen.push({ row, evaluation }),
  });
  replay = outcome.replay;
}, 900_000);

afterAll(async () => {
  await services?.close();
  folder.remove();
}, 60_000);

async function recordedChecks(): Promise<readonly CheckRow[]> {
  const model = await services.state.models.find("bike-demand");
  const checks = await services.state.checks.after(model?.id ?? "", undefined, 10_000);
  return checks.filter(({ slotAt }) => slotAt <= replay.to);
}

describe("the policy that was in force, replayed over the demo's own history", () => {
  test("makes the checks that were made, in their order", async () => {
    const recorded = await recordedChecks();
    expect(recorded.length).toBeGreaterThan(110);
    expect(replay.checks.map(({ slot }) => slot)).toEqual(recorded.map(({ slotAt }) => slotAt));
  });

  test("sees what they saw: verdicts, findings, quality, performance and rules, to the bit", async () => {
    for (const check of await recordedChecks()) {
      const again = seen.find(({ row }) => row.slotKey === check.slotKey)?.evaluation;
      const findings = (await services.state.checks.findings(check.id)).map(({ feature, test: by, body }) => [
        `${feature} ${by}`,
        body,
      ]);
      const rules = (await services.state.checks.ruleOutcomes(check.id)).map(({ rule, body }) => [rule, body]);
      const { verdict, reason, rowCount: rows, quality, performance } = check;
      const comparison = compareRecord(
        {
          verdict,
          reason,
          rows,
          quality,
          performance,
          findings: Object.fromEntries(findings),
          rules: Object.fromEntries(rules),
        },
        {
          verdict: again?.judgement.verdict,
          reason: again?.judgement.reason,
          rows: again?.rows,
          quality: again?.quality,
          performance: again?.performance ?? {},
          findings: Object.fromEntries((again?.findings ?? []).map((one) => [`${one.feature} ${one.test}`, one])),
          rules: Object.fromEntries((again?.judgement.outcomes ?? []).map((one) => [one.rule, one])),
        },
      );
      expect({ slot: check.slotKey, ...comparison }).toEqual({ slot: check.slotKey, same: "exactly", differences: [] });
    }
  });

  test("opens and ends the incidents that there were, at the same instants, for the same reasons", async () => {
    const model = await services.state.models.find("bike-demand");
    const recorded = (await services.state.incidents.recent(model?.id ?? "", 100))
      .filter(({ openedAt }) => openedAt <= (replay.checks.at(-1)?.decidedAt ?? replay.to))
      .toReversed();
    expect(recorded.length).toBeGreaterThan(0);
    expect(
      replay.incidents.map(({ rule, severity, openedAt, resolution }) => ({ rule, severity, openedAt, resolution })),
    ).toEqual(recorded.map(({ rule, severity, openedAt, resolution }) => ({ rule, severity, openedAt, resolution })));
  });

  test("asks for the retrains that were asked for, and mails as often", async () => {
    const model = await services.state.models.find("bike-demand");
    const runs = (await services.state.runs.recent(model?.id ?? "", 100)).toReversed();
    expect(runs.length).toBeGreaterThan(0);
    expect(replay.runs.map(({ at, outcome, recorded }) => ({ at, outcome, recorded }))).toEqual(
      runs.map(({ createdAt, number }) => ({ at: createdAt, outcome: "started", recorded: number })),
    );
    const incidents = await services.state.incidents.recent(model?.id ?? "", 100);
    const subjects = [...incidents.map(({ id }) => id), ...runs.map(({ id }) => id)];
    const mails = await Promise.all(subjects.map((id) => services.state.notifications.ofSubject(id)));
    // A replay trains nothing, so it cannot tell whether a candidate would have come to wait for a word.
    const told = mails.flat().filter(({ kind }) => kind !== "approval");
    expect(replay.mails.reduce((sum, { recipients }) => sum + recipients.length, 0)).toBe(told.length);
  });
});

/** A command that replays derives the limits of every baseline first; machines of tests are busy. */
const patience = 240_000;

describe("at the command line", () => {
  const demoOf = withData(folder.path);

  test(
    "the policy that is in force plans no change",
    async () => {
      const { code, stdout } = await runProgram(ofDemo(["plan", policyFile, "--detailed-exitcode"]), demoOf);
      expect(stdout).toContain("No changes");
      expect(code).toBe(0);
    },
    patience,
  );

  test(
    "a changed one is told in words, with what it would have done, and exits 2",
    async () => {
      const changed = join(folder.path, "changed.yaml");
      writeFileSync(
        changed,
        readFileSync(policyFile, "utf8").replace("mae.rise.lower > 10.0", "mae.rise.lower > 1000.0"),
      );
      const args = ["plan", changed, "--since", "60d", "--detailed-exitcode"];
      const { code, stdout } = await runProgram(ofDemo([...args, "--json"]), demoOf);
      expect(code).toBe(2);
      const { models, problems } = JSON.parse(stdout);
      expect(problems).toEqual([]);
      expect(models).toMatchObject([
        {
          model: "bike-demand",
          kind: "changed",
          changes: [
            {
              path: 'rules["performance dropped"].when',
              before: "performance.mae.rise.lower > 10.0",
              after: "performance.mae.rise.lower > 1000.0",
            },
          ],
          effect: { before: { summary: { runs: 1 } }, after: { summary: { runs: 0 } } },
        },
      ]);
      expect(models[0].effect.differences).toContainEqual(
        expect.objectContaining({ kind: "only before", what: "incident", rule: "performance dropped" }),
      );
      const comment = await runProgram(ofDemo([...args, "--markdown"]), demoOf);
      expect(comment.stdout).toMatch(/^<!-- driftward plan -->\n### Driftward plan: 1 policy changes\n/);
    },
    patience,
  );

  test(
    "a mistake exits 3, and says where",
    async () => {
      const wrong = join(folder.path, "wrong.yaml");
      writeFileSync(wrong, readFileSync(policyFile, "utf8").replace("drift.share", "drift.shore"));
      const { code, stdout } = await runProgram(ofDemo(["plan", wrong]), demoOf);
      expect(stdout).toContain("wrong.yaml:23:");
      expect(code).toBe(3);
    },
    patience,
  );

  test(
    "a backtest sweeps over values, and draws a page without network or script",
    async () => {
      const page = join(folder.path, "page.html");
      const set = ["--set", "window.min_rows=500,100000"];
      const found = (await runJson(
        ofDemo(["backtest", "bike-demand", "--since", "30d", ...set, "--html", page]),
        demoOf,
      )) as {
        readonly trials: readonly {
          readonly settings: object;
          readonly summary: { readonly checks: { readonly inconclusive: number } };
        }[];
      };
      expect(found.trials.map(({ settings }) => settings)).toEqual([
        { "window.min_rows": "500" },
        { "window.min_rows": "100000" },
      ]);
      expect(found.trials[0]?.summary.checks.inconclusive).toBe(0);
      const html = readFileSync(page, "utf8");
      expect(html).toContain("<svg");
      expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    },
    patience,
  );

  test(
    "why computes incident, run and check again, and finds the same",
    async () => {
      const incident = (await runJson(ofDemo(["why", "INC-1"]), demoOf)) as { recomputed: object };
      expect(incident.recomputed).toEqual({
        check: { same: "exactly", differences: [] },
        decision: { same: "exactly", differences: [] },
      });
      const run = await runJson(ofDemo(["why", "run", "1"]), demoOf);
      expect(run).toMatchObject({ state: "promoted", recomputed: { same: "exactly" } });
      const check = await runJson(ofDemo(["why", "bike-demand", "2012-01-15"]), demoOf);
      expect(check).toMatchObject({ model: "bike-demand", recomputed: { same: "exactly", differences: [] } });
      expect((await runProgram(ofDemo(["why", "INC-99"]), demoOf)).code).toBe(3);
    },
    patience,
  );
});
