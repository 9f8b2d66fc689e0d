import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { processRunner } from "../../../src/adapters/runner-process/process-runner.ts";
import { findTree } from "../../../src/adapters/runner-process/process-table.ts";
import { describeRunner, endOf, fillFolder, launchOf, type RunnerUnderTest } from "../../conformance/runner.ts";

const secret = "s3cret value";

beforeAll(() => {
  // Supervisors are plain Node processes, so they need compiled code, and it must be of today.
  const sources = readdirSync("src/adapters/runner-process").map((name) => `src/adapters/runner-process/${name}`);
  const isStale = (source: string) => ageOf(`dist/${source.replace(/ts$/, "js")}`) >= ageOf(source);
  if (sources.some(isStale))
    spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"]);
});

function ageOf(file: string): number {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

async function makeRunner(): Promise<RunnerUnderTest & { readonly root: string }> {
  const base = await mkdtemp(join(tmpdir(), "driftward-runner-"));
  const [root, folder] = [join(base, "attempts"), join(base, "work")];
  await fillFolder(folder);
  const environment = { PATH: process.env.PATH ?? "", DRIFTWARD_TEST_SECRET: secret };
  const close = () => rm(base, { recursive: true, force: true });
  return { runner: processRunner({ root, environment }), root, folder, secret, close };
}

describeRunner("process runner", makeRunner);

describe("process runner on this machine", () => {
  let under: Awaited<ReturnType<typeof makeRunner>>;
  const orchestrators: ChildProcess[] = [];
  beforeAll(async () => {
    under = await makeRunner();
  });
  afterAll(async () => {
    for (const orchestrator of orchestrators) orchestrator.kill("SIGKILL");
    await under.close();
  });
  const read = async (key: string, file: string) =>
    JSON.parse(await readFile(join(under.root, key, file), "utf8")) as { pid: number; marker: string };

  /** A Driftward that starts an attempt and looks at it, as a process that can be killed. */
  function orchestrate(launch: object): ChildProcess {
    const module = join(process.cwd(), "dist/src/adapters/runner-process/process-runner.js");
    const code = `import { processRunner } from ${JSON.stringify(module)};
      const runner = processRunner({ root: ${JSON.stringify(under.root)}, environment: process.env });
      const launch = ${JSON.stringify(launch)};
      for (;;) { await runner.start(launch); await runner.poll(launch.key); await new Promise((r) => setTimeout(r, 20)); }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
    orchestrators.push(child);
    return child;
  }

  test("keeps the right exit code and one run through kill -9 of whoever started it", async () => {
    const launches = Array.from({ length: 10 }, (_, i) =>
      launchOf(under.folder, `echo ran >> ran-${i}; sleep 2.5; exit ${i}`),
    );
    const attempts = launches.map(async (launch, i) => {
      // From before the supervisor is spawned to when the program runs.
      for (const lived of [150 + 40 * i, 400 + 60 * i, 300]) {
        const orchestrator = orchestrate(launch);
        await sleep(lived);
        orchestrator.kill("SIGKILL");
      }
      await under.runner.start(launch);
      return endOf(under.runner, launch.key);
    });
    const ends = await Promise.all(attempts);
    expect(ends.map((end) => (end?.state === "failed" ? end.exitCode : end?.state))).toEqual([
      "succeeded",
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
    ]);
    for (const i of launches.keys())
      expect(await readFile(join(under.folder, "output", `ran-${i}`), "utf8")).toBe("ran\n");
  });

  test("starts in the run's folder", async () => {
    const launch = launchOf(under.folder, "", { command: ["sh", "-c", "pwd > output/here"] });
    await under.runner.start(launch);
    await endOf(under.runner, launch.key);
    expect(await readFile(join(under.folder, "output", "here"), "utf8")).toBe(`${under.folder}\n`);
  });

  test("tells a dead supervisor as lost, ends its program, and never starts again", async () => {
    const launch = launchOf(under.folder, "echo ran >> once; sleep 60");
    await under.runner.start(launch);
    await waitFor(async () => (await findTree((await read(launch.key, "spec.json")).marker, undefined)).length > 0);
    process.kill((await read(launch.key, "lock")).pid, "SIGKILL");
    const end = await endOf(under.runner, launch.key);
    expect(end).toMatchObject({ state: "lost" });
    expect(await findTree((await read(launch.key, "spec.json")).marker, undefined)).toEqual([]);
    await under.runner.start(launch);
    expect(await under.runner.poll(launch.key)).toEqual(end);
    expect(await readFile(join(under.folder, "output", "once"), "utf8")).toBe("ran\n");
  });

  test("ends children that left the process group, also after a success", async () => {
    const launch = launchOf(under.folder, "setsid sh -c 'trap \"\" TERM; sleep 61' & setsid sleep 61 & sleep 0.3");
    await under.runner.start(launch);
    const { marker } = await read(launch.key, "spec.json");
    expect(await endOf(under.runner, launch.key)).toEqual({ state: "succeeded" });
    expect(await findTree(marker, undefined)).toEqual([]);
    const stubborn = launchOf(under.folder, "setsid sh -c 'trap \"\" TERM; sleep 61 & sleep 61' & sleep 61", {
      timeoutMs: 400,
    });
    await under.runner.start(stubborn);
    expect(await endOf(under.runner, stubborn.key)).toEqual({ state: "timed out" });
    expect(await findTree((await read(stubborn.key, "spec.json")).marker, undefined)).toEqual([]);
  });

  test("keeps the end of a flood of output", async () => {
    const launch = launchOf(
      under.folder,
      "yes 0123456789012345678901234567890123456789 | head -c 150000000; echo; echo last",
    );
    await under.runner.start(launch);
    expect(await endOf(under.runner, launch.key)).toEqual({ state: "succeeded" });
    expect((await under.runner.logs(launch.key, 1))[0]).toBe("last");
    const { size } = await stat(join(under.root, launch.key, "out.log"));
    // What is cut while it runs and what is cut at its end leave between the end that is kept and the limit.
    expect(size).toBeLessThan(65 * 1024 * 1024);
  });

  test("tells a program that was ended from outside", async () => {
    const launch = launchOf(under.folder, "kill -9 $$");
    await under.runner.start(launch);
    expect(await endOf(under.runner, launch.key)).toEqual({
      state: "failed",
      exitCode: undefined,
      message: expect.stringContaining("SIGKILL"),
    });
  });

  test("tells a file that is no program, and one that may not be executed", async () => {
    const file = join(under.folder, "plain.txt");
    await writeFile(file, "no program", { mode: 0o600 });
    const launch = launchOf(under.folder, "", { command: [file] });
    await under.runner.start(launch);
    expect(await endOf(under.runner, launch.key)).toMatchObject({
      message: expect.stringContaining("may not be executed"),
    });
  });

  test("believes no result that it cannot read", async () => {
    const launch = launchOf(under.folder, "true");
    await under.runner.start(launch);
    await endOf(under.runner, launch.key);
    await writeFile(join(under.root, launch.key, "result.json"), "{");
    expect(await under.runner.poll(launch.key)).toMatchObject({ state: "lost" });
  });

  test("keeps handed-on values out of every file and line, also when the program prints them", async () => {
    const file = join(under.folder, "token");
    await writeFile(file, "of a file, secret\n");
    const launch = launchOf(under.folder, 'echo "$DRIFTWARD_TEST_SECRET"; cat "$TOKEN_FILE"', {
      inherit: ["DRIFTWARD_TEST_SECRET"],
      secretFiles: { TOKEN: file },
    });
    await under.runner.start(launch);
    await endOf(under.runner, launch.key);
    const folder = join(under.root, launch.key);
    for (const name of await readdir(folder))
      expect(await readFile(join(folder, name), "utf8")).not.toMatch(/s3cret value|of a file, secret/);
    expect(await under.runner.logs(launch.key, 5)).toEqual(["[secret]", "[secret]"]);
    expect((await stat(folder)).mode & 0o077).toBe(0);
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 200; look++) {
    if (await condition().catch(() => false)) return;
    await sleep(25);
  }
  throw new Error("what was waited for did not come");
}
