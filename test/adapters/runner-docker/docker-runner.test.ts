import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { dockerRunner } from "../../../src/adapters/runner-docker/docker-runner.ts";
import type { Launch, Runner } from "../../../src/ports/runner.ts";
import { describeRunner, endOf, fillFolder, launchOf } from "../../conformance/runner.ts";
import { type PodmanService, podmanProblem, startPodman } from "../../support/podman-service.ts";
import { waitFor } from "../../support/wait-for.ts";

const secret = "s3cret value";
const problem = podmanProblem();

if (problem !== undefined) {
  console.warn(`docker runner: NOT TESTED, ${problem}`);
  test.skip(`docker runner: not tested, ${problem}`, () => undefined);
} else {
  let podman: PodmanService;
  beforeAll(async () => {
    podman = await startPodman();
  }, 60_000);
  afterAll(() => podman.stop(), 60_000);

  const makeRunner = async () => {
    const base = await mkdtemp(join(tmpdir(), "driftward-docker-"));
    const [root, folder] = [join(base, "attempts"), join(base, "work")];
    await fillFolder(folder);
    const environment = { DRIFTWARD_TEST_SECRET: secret, DOCKER_HOST: podman.socket };
    const inContainers = withContainers(dockerRunner({ root, environment }), podman.image);
    return {
      runner: inContainers,
      root,
      folder,
      secret,
      close: () => rm(base, { recursive: true, force: true, maxRetries: 5 }),
    };
  };

  describeRunner("docker runner", makeRunner);

  describe("docker runner at a daemon", () => {
    let under: Awaited<ReturnType<typeof makeRunner>>;
    beforeAll(async () => {
      under = await makeRunner();
    });
    const stopped: ChildProcess[] = [];
    afterAll(async () => {
      for (const one of stopped) one.kill("SIGKILL");
      await under.close();
    });
    const written = (file: string) => readFile(join(under.folder, "output", file), "utf8");
    const start = async (script: string, more: Partial<Launch> = {}) => {
      const launch = { ...launchOf(under.folder, script), ...more };
      await under.runner.start(launch);
      return launch;
    };
    const container = (limits: Partial<Launch["container"]> = {}) => ({
      container: { image: podman.image, network: false, ...limits },
    });
    const inspect = (key: string) => podman.docker.getContainer(`driftward-${key}`).inspect();

    test("names a container after run and attempt, and removes it once its end is kept", async () => {
      const { key } = await start("echo said; sleep 0.3; exit 3");
      const { Name, HostConfig } = await inspect(key);
      expect(Name).toMatch(new RegExp(`^/?driftward-${key}$`));
      expect(HostConfig.NetworkMode).toBe("none");
      expect(await endOf(under.runner, key)).toMatchObject({ state: "failed", exitCode: 3 });
      await expect(inspect(key)).rejects.toMatchObject({ statusCode: 404 });
      expect(await under.runner.logs(key, 10)).toEqual(["said"]);
    });

    test("mounts everything to be read only, except the output", async () => {
      const key = (
        await start(
          "for f in /driftward/*.parquet /extra/evaluation.parquet; do (echo x >> $f) 2> /dev/null && echo wrote $f || echo refused $f; done",
          {
            ...container({ mounts: { "/extra": under.folder } }),
          },
        )
      ).key;
      await endOf(under.runner, key);
      const lines = await under.runner.logs(key, 20);
      const files = ["/driftward/evaluation.parquet", "/driftward/training.parquet", "/extra/evaluation.parquet"];
      expect(lines).toEqual(files.map((file) => `refused ${file}`));
      expect(await readFile(join(under.folder, "training.parquet"), "utf8")).toBe("training rows");
    });

    test("sets limits, and tells a program that was killed at its limit of memory", async () => {
      const greedy = await start("a=xxxxxxxxxxxxxxxx; while :; do a=$a$a; done", {
        ...container({ memoryBytes: 32 * 1024 * 1024, cpus: 0.5, pids: 16 }),
      });
      const { HostConfig } = await inspect(greedy.key);
      expect(HostConfig).toMatchObject({ Memory: 33554432, PidsLimit: 16 });
      expect(HostConfig.NanoCpus ?? 0).toBe(5e8);
      expect(await endOf(under.runner, greedy.key)).toMatchObject({
        state: "failed",
        exitCode: 137,
        message: expect.stringContaining("limit of memory"),
      });
      const forks = await start("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait; echo all", {
        ...container({ pids: 4 }),
      });
      expect((await endOf(under.runner, forks.key))?.state).toBe("failed");
    });

    test("gives no network, and one when the trainer asks", async () => {
      const { key } = await start("ls /sys/class/net > nets");
      await endOf(under.runner, key);
      expect((await written("nets")).split(/\s+/).filter(Boolean)).toEqual(["lo"]);
      const asked = await start("sleep 0.2", container({ network: true }));
      // Podman's own default here is "none"; what counts is that Driftward did not forbid it.
      expect((await inspect(asked.key)).HostConfig.NetworkMode).toBeDefined();
      await endOf(under.runner, asked.key);
    });

    test("names an image that is missing, and pulls nothing", async () => {
      const { key } = await start("true", container({ image: "no-such-image:7" }));
      expect(await under.runner.poll(key)).toEqual({
        state: "failed",
        exitCode: undefined,
        message: expect.stringContaining('the daemon has no image "no-such-image:7"'),
      });
    });

    test("tells a container that others removed as lost, and never starts it again", async () => {
      const launch = await start("echo ran >> removed; sleep 60");
      await waitFor("it runs", () => written("removed").then(Boolean, () => false));
      await podman.docker.getContainer(`driftward-${launch.key}`).remove({ force: true });
      const end = await under.runner.poll(launch.key);
      expect(end).toEqual({ state: "lost", message: "its container was removed by somebody else" });
      await under.runner.start(launch);
      expect(await under.runner.poll(launch.key)).toEqual(end);
      expect(await written("removed")).toBe("ran\n");
    });

    test("touches no container of others that has its name", async () => {
      const launch = { ...launchOf(under.folder, "echo ran > mine") };
      const other = { name: `driftward-${launch.key}`, Image: podman.image, Cmd: ["sleep", "60"] };
      await podman.docker.createContainer(other);
      await under.runner.start(launch);
      expect(await under.runner.poll(launch.key)).toMatchObject({
        message: expect.stringContaining("another container"),
      });
      expect((await inspect(launch.key)).State.Status).toBe("created");
    });

    test("can be tried again while the daemon is down, and finds its container when it is back", async () => {
      const launch = await start("echo ran >> down; sleep 1; exit 5");
      await podman.kill();
      const unavailable = expect.objectContaining({ code: "StateUnavailable", retryable: true });
      await expect(under.runner.poll(launch.key)).rejects.toEqual(unavailable);
      await expect(start("true")).rejects.toEqual(unavailable);
      await podman.start();
      expect(await endOf(under.runner, launch.key)).toMatchObject({ state: "failed", exitCode: 5 });
      expect(await written("down")).toBe("ran\n");
    });

    test("takes over a start that died before its container ran", async () => {
      const launch = launchOf(under.folder, "echo ran >> taken");
      // As a starter leaves it that is killed between creating and starting.
      await podman.docker.createContainer({
        name: `driftward-${launch.key}`,
        Image: podman.image,
        Cmd: ["sh", "-c", "echo of the dead >> /driftward/output/taken"],
        Labels: { "driftward.key": launch.key },
      });
      await under.runner.start(launch);
      expect(await endOf(under.runner, launch.key)).toEqual({ state: "succeeded" });
      expect(await written("taken")).toBe("ran\n");
    });

    test("clears up after a cancelled attempt that nobody looks at any more", async () => {
      const launch = await start("trap '' TERM; while :; do sleep 0.1; done");
      await under.runner.cancel(launch.key);
      await waitFor("it is removed", () =>
        inspect(launch.key).then(
          () => false,
          () => true,
        ),
      );
      expect(await under.runner.poll(launch.key)).toEqual({ state: "cancelled" });
    });

    test("ends what was cancelled while the daemon was away, at the next start", async () => {
      const launch = await start("sleep 60");
      await podman.kill();
      await expect(under.runner.cancel(launch.key)).rejects.toMatchObject({ code: "StateUnavailable" });
      await podman.start();
      expect((await inspect(launch.key)).State.Running).toBe(true);
      await endOf(under.runner, (await start("true")).key);
      await waitFor("it is removed", () =>
        inspect(launch.key).then(
          () => false,
          () => true,
        ),
      );
      expect(await under.runner.poll(launch.key)).toEqual({ state: "cancelled" });
    });

    test("keeps secrets out of every file and every line", async () => {
      const file = join(under.folder, "token");
      await writeFile(file, "of a file, secret\n");
      const { key } = await start('echo "$DRIFTWARD_TEST_SECRET"; cat "$TOKEN_FILE"', {
        inherit: ["DRIFTWARD_TEST_SECRET"],
        secretFiles: { TOKEN: file },
      });
      await endOf(under.runner, key);
      expect(await under.runner.logs(key, 9)).toEqual(["[secret]", "[secret]"]);
      for (const name of await readdir(join(under.root, key))) {
        const text = await readFile(join(under.root, key, name), "utf8");
        expect(text).not.toMatch(/s3cret value|of a file, secret/);
      }
    });

    test("keeps one run and its exit code through kill -9 and stops of those who start it, two at a time", async () => {
      spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"]);
      const launches = Array.from({ length: 4 }, (_, i) => ({
        ...launchOf(under.folder, `echo ran >> docker-${i}; sleep 0.3; exit ${i}`),
        container: { image: podman.image, network: false },
      }));
      const attempts = launches.map(async (launch, i) => {
        for (const lived of [250 + 60 * i, 300 + 90 * i, 500]) {
          const [killed, halted] = [orchestrate(under.root, launch), orchestrate(under.root, launch)];
          await sleep(lived);
          killed.kill("SIGKILL");
          halted.kill("SIGSTOP");
          stopped.push(halted);
        }
      });
      await Promise.all(attempts);
      // What was stopped goes on, beside a new one, wherever it stood.
      for (const one of stopped) one.kill("SIGCONT");
      await Promise.all(launches.map((launch) => under.runner.start(launch)));
      const ends = await Promise.all(launches.map(({ key }) => endOf(under.runner, key)));
      await sleep(500);
      for (const one of stopped) one.kill("SIGKILL");
      expect(ends.map((end) => (end?.state === "failed" ? end.exitCode : end?.state))).toEqual(["succeeded", 1, 2, 3]);
      for (const i of launches.keys()) expect(await written(`docker-${i}`)).toBe("ran\n");
    }, 60_000);

    /** A Driftward that starts an attempt and looks at it, as a process that can be killed. */
    function orchestrate(root: string, launch: Launch): ChildProcess {
      const module = join(process.cwd(), "dist/src/adapters/runner-docker/docker-runner.js");
      const code = `import { dockerRunner } from ${JSON.stringify(module)};
        const runner = dockerRunner({ root: ${JSON.stringify(root)}, environment: process.env });
        const launch = ${JSON.stringify(launch)};
        for (;;) { await runner.start(launch); await runner.poll(launch.key); await new Promise((r) => setTimeout(r, 20)); }`;
      const env = { ...process.env, DOCKER_HOST: podman.socket };
      return spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore", env });
    }
  });

  test("refuses a socket that is not understood", async () => {
    const root = join(tmpdir(), `driftward-none-${randomUUID()}`);
    const runner = withContainers(dockerRunner({ root, environment: { DOCKER_HOST: "ssh://host" } }), podman.image);
    await expect(runner.start(launchOf(tmpdir(), "true"))).rejects.toMatchObject({ code: "InvalidConfig" });
    await rm(root, { recursive: true });
  });
}

/** Launches that name no container run in the test's own. */
function withContainers(runner: Runner, image: string): Runner {
  return { ...runner, start: (launch) => runner.start({ container: { image, network: false }, ...launch }) };
}
