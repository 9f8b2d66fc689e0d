import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { waitFor } from "../../support/wait-for.ts";
import { cleanUp, makeFolder, open, query, startMember } from "./servers.ts";

afterEach(cleanUp);

describe("a half-done cluster", () => {
  test("is never taken for one: a process killed while initdb runs leaves nothing in the way", async () => {
    const dataDirectory = await makeFolder();
    const home = join(dataDirectory, "postgres");
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
    const dataDirectory = await makeFolder();
    const home = join(dataDirectory, "postgres");
    for (const name of ["making-old", "making-new"]) await mkdir(join(home, name, "data"), { recursive: true });
    const hourAgo = Date.now() / 1_000 - 3_600;
    await utimes(join(home, "making-old"), hourAgo, hourAgo);
    await open(dataDirectory);
    const names = await readdir(home);
    expect(names).toContain("making-new");
    expect(names).not.toContain("making-old");
  });

  test("a cluster without its marker is refused", async () => {
    const dataDirectory = await makeFolder();
    const { dataFolder, release } = await open(dataDirectory);
    await release();
    await rm(join(dirname(dataFolder), "ready"));
    const message = expect.stringContaining("got one without its marker");
    await expect(open(dataDirectory)).rejects.toMatchObject({ code: "StateUnavailable", message });
  });
});

describe("a cluster that is not the one", () => {
  test("gone: an error, never a new one", async () => {
    const dataDirectory = await makeFolder();
    const { dataFolder, release } = await open(dataDirectory);
    await release();
    await rm(dirname(dataFolder), { recursive: true });
    const message = expect.stringContaining("got no such folder");
    await expect(open(dataDirectory)).rejects.toMatchObject({ code: "StateUnavailable", message });
    expect(await readdir(join(dataDirectory, "postgres"))).not.toContain("cluster");
  });

  test("another one in its place", async () => {
    const [one, other] = [await open(await makeFolder()), await open(await makeFolder())];
    const home = dirname(dirname(one.dataFolder));
    await one.release();
    await other.release();
    await rm(dirname(one.dataFolder), { recursive: true });
    await cp(dirname(other.dataFolder), dirname(one.dataFolder), { recursive: true });
    const { systemIdentifier } = JSON.parse(await readFile(join(home, "place.json"), "utf8")) as {
      systemIdentifier: string;
    };
    const message = expect.stringMatching(new RegExp(`^expected cluster ${systemIdentifier} in .*, got \\d+$`));
    await expect(open(dirname(home))).rejects.toMatchObject({ code: "StateUnavailable", message });
  });

  test("of another major version", async () => {
    const dataDirectory = await makeFolder();
    const { dataFolder, release } = await open(dataDirectory);
    await release();
    await writeFile(join(dataFolder, "PG_VERSION"), "17\n");
    const message = expect.stringContaining("expected a cluster of PostgreSQL 18, got 17");
    await expect(open(dataDirectory)).rejects.toMatchObject({ code: "StateUnavailable", message });
  });

  test("a server that cannot start says its last words", async () => {
    const dataDirectory = await makeFolder();
    const { dataFolder, release } = await open(dataDirectory);
    await release();
    await writeFile(join(dataFolder, "postgresql.auto.conf"), "max_connections = many\n");
    await writeFile(join(dataFolder, "postgresql.conf"), "no_such_setting = 1\n");
    const message = expect.stringContaining("no_such_setting");
    await expect(open(dataDirectory)).rejects.toMatchObject({ code: "StateUnavailable", message });
  });
});
