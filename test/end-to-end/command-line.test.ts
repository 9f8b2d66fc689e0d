import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Ended, killRunning, makeFolder, processesOf, runProgram } from "./program.ts";
import { holdoutRows, liveRows, setUpProject } from "./small-model.ts";

const folder = makeFolder("cli");
const here = { cwd: folder.path };
const run = (...args: readonly string[]): Promise<Ended> => runProgram(args, here);
const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);

/** Commands as the program itself lists them, so that none is forgotten here. */
let commands: readonly string[] = [];

beforeAll(async () => {
  setUpProject(folder.path);
  const { stdout } = await run("--help");
  commands = [...(stdout.split("Commands:")[1] ?? "").matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name]) => name ?? "")
    .filter((name) => name !== "help");
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  // A check by hand takes the last whole hour, which may be the next one by then.
  const [now, next] = [hour, hour + 3_600_000].map((end) => liveRows(600, new Date(end - 60_000), 100, 60).split("\n"));
  write("past.csv", [...(now ?? []), ...(next ?? []).slice(1)].join("\n"));
  write("same.csv", holdoutRows(1_000));
  write("moved.csv", liveRows(1_000, new Date(hour), 100, 60));
  write("few.csv", holdoutRows(5));
  write("empty.csv", "");
  for (const name of ["wrong", "vacant"]) mkdirSync(join(folder.path, name));
  write("wrong/orders.yaml", "apiVersion: driftward/v1\nkind: Policy\nmodel: orders\nwhatever: 1\n");
}, 60_000);

afterAll(async () => {
  await killRunning();
  folder.remove();
});

describe("help", () => {
  test("every command has a help text with an example of itself, and --json", async () => {
    expect(commands.length).toBeGreaterThanOrEqual(14);
    const helps = await Promise.all(commands.map((command) => run(command, "--help")));
    const wanting = commands.filter((command, index) => {
      const { code, stdout, stderr } = helps[index] ?? { code: 1, stdout: "", stderr: "" };
      const hasExample = new RegExp(`Examples?:\\n {2}\\$ driftward ${command}\\b`).test(stdout);
      return !(code === 0 && stderr === "" && hasExample && stdout.includes("--json"));
    });
    expect(wanting).toEqual([]);
  }, 120_000);

  test("so has every command below another", async () => {
    const below = ["verify", "log", "checkpoint", "key"].map((name) => ["audit", name]);
    below.push(...["create", "list", "revoke"].map((name) => ["token", name]), ["evidence", "verify"]);
    const helps = await Promise.all(below.map((words) => run(...words, "--help")));
    const wanting = below.filter((words, index) => {
      const hasExample = new RegExp(`Examples?:\\n {2}\\$ driftward ${words.join(" ")}\\b`);
      return !hasExample.test(helps[index]?.stdout ?? "");
    });
    expect(wanting).toEqual([]);
  }, 120_000);

  test("the version is the package's", async () => {
    expect(await run("--version")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe("wrong use ends with 3, says what was expected, and prints nothing on stdout", () => {
  test.each([
    ["no command", [], /Usage: driftward/],
    ["a command that does not exist", ["chekc"], /unknown command 'chekc'[\s\S]*Did you mean check\?/],
    ["an option that does not exist", ["status", "--jsn"], /unknown option '--jsn'[\s\S]*--json/],
    ["no argument where one is needed", ["ingest"], /missing required argument 'model'/],
    ["a value that is none of the choices", ["check", "--fail-on", "never-ever"], /warning, critical, never/],
    ["neither model nor files", ["check"], /expected a model, or --baseline and --live/],
    ["one of two files", ["check", "--baseline", "same.csv"], /expected a model, or --baseline and --live/],
    ["a share that is none", ["check", "--baseline", "same.csv", "--live", "same.csv", "--floor", "much"], /much/],
    ["a configuration that is not there", ["--config", "nowhere.yaml", "status"], /nowhere\.yaml, found none/],
    ["a run that is no number", ["approve", "first", "--reason", "x"], /number of a run/],
    ["an incident that is none", ["ack", "first"], /incident such as INC-12/],
    ["a silence without an end", ["silence", "orders", "--reason", "x"], /--for and --reason/],
    ["a silence that is no number", ["silence", "--expire", "first"], /number of a silence/],
    ["no reason", ["retrain", "orders"], /--reason/],
    ["a mapping without a name", ["ingest", "orders", "past.csv", "--column", "timestamp"], /contract=name/],
    ["a separator of two signs", ["ingest", "orders", "past.csv", "--delimiter", ";;"], /to be one sign, or tab/],
    ["a day that is none", ["demo", "--until", "tomorrow"], /2012-06-30/],
    ["a folder without policies to validate", ["validate", "vacant"], /expected policy files in vacant, found none/],
    ["a folder without policies to plan", ["plan", "vacant"], /expected policy files in vacant, found none/],
    ["a folder without policies to apply", ["apply", "vacant"], /expected policy files in vacant, found none/],
    ["a mail that is not there", ["mail", "7"], /from 1 to 0|no mail/i],
  ])("%s", async (_, args, said) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/fault in Driftward|\n {4}at /);
  });
});

describe("two files", () => {
  const compare = (live: string, ...more: readonly string[]) =>
    run("check", "--baseline", "holdout.csv", "--live", live, ...more);

  test.each([
    ["alike: 0", "same.csv", [], 0, "ok"],
    ["drifted, which is a warning and by default no failure: 0", "moved.csv", [], 0, "warning"],
    ["drifted, --fail-on warning: 1", "moved.csv", ["--fail-on", "warning"], 1, "warning"],
    ["drifted, --fail-on never: 0", "moved.csv", ["--fail-on", "never"], 0, "warning"],
    ["too few rows: 5", "few.csv", [], 5, "inconclusive"],
  ])("%s", async (_, live, more, code, verdict) => {
    const { stdout, ...ended } = await compare(live, "--features", "amount,plan", "--json", ...more);
    expect(ended).toMatchObject({ code });
    expect(JSON.parse(stdout)).toMatchObject({ schema: "driftward/check/v1", verdict });
  });

  test.each([
    ["a file that is not there", "gone.csv"],
    ["an empty file", "empty.csv"],
  ])("%s is an error with a code, for people and for programs", async (_, live) => {
    const [plain, json] = await Promise.all([compare(live), compare(live, "--json")]);
    expect([3, 4]).toContain(plain.code);
    expect(plain).toMatchObject({ stdout: "", stderr: expect.stringMatching(/^error .*\.csv.* \([A-Z]\w+\)\n/) });
    expect(json.code).toBe(plain.code);
    expect(JSON.parse(json.stdout)).toMatchObject({ schema: "driftward/error/v1", code: expect.any(String) });
  });
});

describe("one object of its schema a command", () => {
  const schemaOf = async (code: number, ...args: readonly string[]): Promise<Record<string, unknown>> => {
    const ended = await run(...args, "--json");
    expect({ args, code: ended.code, stderr: ended.stderr }).toEqual({ args, code, stderr: "" });
    return JSON.parse(ended.stdout);
  };

  test("on a folder that knows nothing yet", async () => {
    expect(await schemaOf(0, "status")).toEqual({ schema: "driftward/status/v1", models: [] });
    expect(await schemaOf(0, "mail")).toEqual({ schema: "driftward/mail/v1", mails: [] });
    expect(await schemaOf(3, "status", "orders")).toMatchObject({ schema: "driftward/error/v1", code: "NotFound" });
    expect(await schemaOf(3, "check", "orders")).toMatchObject({ schema: "driftward/error/v1", code: "NotFound" });
    expect(await schemaOf(3, "approve", "1", "--reason", "x")).toMatchObject({ code: "NotFound" });
  }, 60_000);

  test("on the way from baseline to check", async () => {
    const baseline = await schemaOf(0, "baseline", "orders", "1", "holdout.csv");
    expect(baseline).toMatchObject({ schema: "driftward/baseline/v1", champion: true, rows: 2_000 });
    expect(await schemaOf(3, "check", "orders")).toMatchObject({
      code: "Conflict",
      hint: expect.stringMatching(/apply/),
    });
    expect(await schemaOf(0, "validate")).toMatchObject({ schema: "driftward/validate/v1" });
    expect(await schemaOf(0, "apply")).toMatchObject({ schema: "driftward/apply/v1", applied: [{ model: "orders" }] });
    const ingested = await schemaOf(0, "ingest", "orders", "past.csv");
    expect(ingested).toMatchObject({ schema: "driftward/ingest/v1", accepted: 1_200, refused: 0 });
    expect(await schemaOf(1, "check", "orders", "--fail-on", "warning")).toMatchObject({ verdict: "warning" });
    expect(await schemaOf(0, "status", "orders")).toMatchObject({ models: [{ model: "orders", champion: "1" }] });
    expect(await schemaOf(0, "doctor")).toMatchObject({ schema: "driftward/doctor/v1" });
    expect(await schemaOf(4, "retrain", "orders", "--reason", "x")).toMatchObject({ schema: "driftward/error/v1" });
  }, 120_000);

  test("a policy with a mistake: 3, with its place, and the one before stays in force", async () => {
    expect(await schemaOf(3, "validate", "wrong")).toMatchObject({
      problems: expect.arrayContaining([
        expect.objectContaining({ file: "wrong/orders.yaml", line: 4, column: 1, message: 'unknown key "whatever"' }),
      ]),
    });
    expect(await schemaOf(3, "apply", "wrong")).toMatchObject({ applied: [] });
    expect(await schemaOf(0, "apply")).toMatchObject({ applied: [{ model: "orders", changed: false }] });
  }, 60_000);

  test("no policy file at all: 3, and what stays in force is shown", async () => {
    const [there, away] = [join(here.cwd, "policies", "orders.yaml"), join(here.cwd, "orders.yaml")];
    renameSync(there, away);
    try {
      const left = [{ model: "orders", path: "policies/orders.yaml", gone: true }];
      expect(await schemaOf(3, "apply")).toMatchObject({ applied: [], left });
      expect(await schemaOf(3, "plan")).toMatchObject({ models: [{ model: "orders", kind: "left" }] });
      for (const [command, shown] of [
        ["apply", /orders: policies\/orders\.yaml is gone; its last revision stays in force/],
        ["plan", /orders \(policies\/orders\.yaml\): it is in no file any more/],
      ] as const)
        expect(await runProgram([command], here)).toMatchObject({
          ...{ code: 3, stdout: expect.stringMatching(shown) },
          stderr: expect.stringMatching(/expected policy files in .*policies, found none/),
        });
    } finally {
      renameSync(away, there);
    }
  }, 60_000);

  test("a file that cannot be used: 4, and state is as it was", async () => {
    write("half.csv", "prediction_id,amount\na,1\n");
    expect(await schemaOf(4, "ingest", "orders", "half.csv")).toMatchObject({
      code: "InvalidData",
      message: expect.stringMatching(/half\.csv.*timestamp/),
    });
    expect(await schemaOf(4, "ingest", "orders", "empty.csv")).toMatchObject({ code: "InvalidData" });
  }, 60_000);

  test("all rows refused: 4, because nothing was taken in", async () => {
    write("future.csv", liveRows(3, new Date("2999-01-01T00:00:00Z"), 1_000, 0));
    const { refused, accepted } = await schemaOf(4, "ingest", "orders", "future.csv");
    expect({ refused, accepted }).toEqual({ refused: 3, accepted: 0 });
  });

  test("refused rows: 0, how many and where", async () => {
    write("torn.csv", `${liveRows(3, new Date(Date.now() - 86_400_000), 1_000, 0)}\nbad,never,1,5,a,10\n`);
    const { refused, accepted, rejectFile } = await schemaOf(0, "ingest", "orders", "torn.csv");
    expect({ refused, accepted, rejectFile }).toEqual({ refused: 1, accepted: 3, rejectFile: expect.any(String) });
  });
});

describe("colour", () => {
  const escapeCode = "\u001b[";
  const table = (env: Readonly<Record<string, string>>) =>
    runProgram(["check", "--baseline", "holdout.csv", "--live", "moved.csv"], { ...here, env });

  test("is not written where no terminal reads, nor with NO_COLOR", async () => {
    for (const env of [{}, { NO_COLOR: "1" }, { TERM: "dumb" }]) {
      const { stdout, stderr } = await table(env);
      expect(stdout).toMatch(/amount/);
      expect(stdout + stderr).not.toContain(escapeCode);
    }
  }, 60_000);
});

test("a reader that goes away early does not make an error of it", async () => {
  const { spawnSync } = await import("node:child_process");
  const main = new URL("../../dist/src/main.js", import.meta.url).pathname;
  const piped = spawnSync("sh", ["-c", `"${process.execPath}" "${main}" --help | head -1`], { encoding: "utf8" });
  expect({ stdout: piped.stdout, stderr: piped.stderr }).toEqual({
    stdout: expect.stringMatching(/^Usage: driftward/),
    stderr: "",
  });
});

test("commands leave no process behind", () => {
  expect(processesOf(folder.path)).toEqual([]);
});
