import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { waitFor } from "../../support/wait-for.ts";
import { makeFolder, open, query, removeFolders, serverPid, startMember, stopAll } from "./servers.ts";

let dataDirectory: string;
let home: string;

beforeAll(async () => {
  dataDirectory = await makeFolder();
  home = join(dataDirectory, "postgres");
});
afterEach(stopAll);
afterAll(removeFolders);

describe("a half-done cluster", () => {
  test("is never taken for one: a process killed while initdb runs leaves nothing in the way", async () => {
    const member = startMember({ dataDirectory });
    const isMaking = async () => {
      const names = await readdir(home).catch(() => []);
      const inside = names.filter((name) => name.startsWith("making-")).map((name) => join(home, name, "data", "base"));
      return (await Promise.all(inside.map((path) => readdir(path).catch(() => [])))).some((found) => found.length > 0);
    };
    await waitFor("initdb to have begun", isMaking);
    await member.kill();
    expect(await readdir(home)).not.toContain("cluster");
    const { connection } = await open(dataDirectory);
    expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("is swept when it is old, and left alone when somebody may be making it", async () => {
    for (const name of ["making-old", "making-new"]) await mkdir(join(home, name, "data"), { recursive: true });
    const hourAgo = Date.now() / 1_000 - 3_600;
    await utimes(join(home, "making-old"), hourAgo, hourAgo);
    await open(dataDirectory);
    const names = await readdir(home);
    expect(names).toContain("making-new");
    expect(names).not.toContain("making-old");
  });
});

describe("is refused, and made good by putting back what was", () => {
  const expectRefusal = async (message: string | RegExp) => {
    const opening = open(dataDirectory, { startWithinMs: 1_000 });
    await expect(opening).rejects.toMatchObject({ code: "StateUnavailable", message: expect.stringMatching(message) });
  };

  test("a cluster without its marker", async () => {
    await rename(join(home, "cluster", "ready"), join(home, "kept"));
    await expectRefusal(/got one without its marker$/);
    await rename(join(home, "kept"), join(home, "cluster", "ready"));
    await open(dataDirectory);
  });

  test("a cluster that is gone: never a new one", async () => {
    await rename(join(home, "cluster"), join(home, "kept"));
    await expectRefusal(/^expected cluster \d+ in .*, got no such folder$/);
    expect(await readdir(home)).not.toContain("cluster");
    await rename(join(home, "kept"), join(home, "cluster"));
    await open(dataDirectory);
  });

  test("another cluster in its place", async () => {
    const place = join(home, "place.json");
    const text = await readFile(place, "utf8");
    const { systemIdentifier } = JSON.parse(text) as { systemIdentifier: string };
    await writeFile(place, JSON.stringify({ systemIdentifier: "123" }));
    await expectRefusal(new RegExp(`^expected cluster 123 in .*, got ${systemIdentifier}$`));
    await writeFile(place, text);
    await open(dataDirectory);
  });

  test("a cluster of another major version", async () => {
    const path = join(home, "cluster", "data", "PG_VERSION");
    await writeFile(path, "17\n");
    await expectRefusal(/^expected a cluster of PostgreSQL 18, got 17 in /);
    await writeFile(path, "18\n");
    await open(dataDirectory);
  });

  test("a server that cannot start, with its last words", async () => {
    const path = join(home, "cluster", "data", "postgresql.auto.conf");
    await writeFile(path, "no_such_setting = 1\n");
    await expectRefusal(/no_such_setting/);
    await rm(path);
    const { dataFolder } = await open(dataDirectory);
    expect(await serverPid(dataFolder)).toBeDefined();
    expect(dirname(dataFolder)).toBe(join(home, "cluster"));
  });
});
