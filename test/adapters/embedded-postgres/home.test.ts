import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { cleanUp, makeFolder, open, query, saidBy, startMember, stranger, testAsRoot } from "./servers.ts";

afterEach(cleanUp);

describe("where nobody cannot reach the data folder", () => {
  testAsRoot("the cluster is in the shared folder, a pointer names it, and rows are found again", async () => {
    const [dataDirectory, sharedFolder] = [await makeFolder(0o700), join(await makeFolder(), "shared")];
    const first = await open(dataDirectory, sharedFolder);
    await query(first.connection, "create table kept as select 1 as n");
    await first.release();
    const pointer = JSON.parse(await readFile(join(dataDirectory, "postgres", "place.json"), "utf8"));
    expect(pointer).toEqual({
      elsewhere: dirname(dirname(first.dataFolder)),
      systemIdentifier: expect.stringMatching(/^\d+$/),
    });
    expect(dirname(pointer.elsewhere)).toBe(sharedFolder);
    const second = await open(dataDirectory, sharedFolder);
    expect(await query(second.connection, "select n from kept")).toEqual([{ n: 1 }]);
    // It stays there when the data folder becomes reachable later.
    await second.release();
    await chmod(dataDirectory, 0o755);
    expect((await open(dataDirectory, sharedFolder)).dataFolder).toBe(first.dataFolder);
  });

  testAsRoot("three that come first at once agree on one place", async () => {
    const [dataDirectory, sharedFolder] = [await makeFolder(0o700), await makeFolder()];
    const servers = await Promise.all([1, 2, 3].map(() => open(dataDirectory, sharedFolder)));
    expect(new Set(servers.map(({ dataFolder }) => dataFolder)).size).toBe(1);
    expect(await readdir(sharedFolder)).toHaveLength(1);
  });

  testAsRoot("a pointer without its cluster is an error, and nothing is made anew", async () => {
    const [dataDirectory, sharedFolder] = [await makeFolder(0o700), await makeFolder()];
    const { dataFolder, release } = await open(dataDirectory, sharedFolder);
    await release();
    const home = dirname(dirname(dataFolder));
    await rename(home, `${home}-lost`);
    const message = expect.stringMatching(/^expected cluster \d+ in .*, got no such folder$/);
    await expect(open(dataDirectory, sharedFolder)).rejects.toMatchObject({ code: "StateUnavailable", message });
    expect(await readdir(sharedFolder)).toHaveLength(1);
    await rename(`${home}-lost`, home);
    expect((await open(dataDirectory, sharedFolder)).dataFolder).toBe(dataFolder);
  });

  testAsRoot("a shared folder that is private itself is an error that says so", async () => {
    const opening = open(await makeFolder(0o700), await makeFolder(0o700));
    await expect(opening).rejects.toMatchObject({
      code: "StateUnavailable",
      message: expect.stringContaining("private"),
    });
  });
});

describe("a folder that is somebody else's", () => {
  testAsRoot("is refused to root, by the owner's number", async () => {
    const dataDirectory = await makeFolder(0o755, stranger);
    const member = startMember({ dataDirectory }, stranger);
    await saidBy(member, "up");
    const message = expect.stringMatching(/to belong to root, got user 54321$/);
    await expect(open(dataDirectory)).rejects.toMatchObject({ code: "StateUnavailable", message });
    member.signal("SIGTERM");
    await member.line("left");
  });

  testAsRoot("is refused to others, by the owner's name", async () => {
    const dataDirectory = await makeFolder(0o777);
    await open(dataDirectory);
    const refused = await saidBy(startMember({ dataDirectory }, stranger), "failed");
    expect(refused).toMatchObject({
      code: "StateUnavailable",
      message: expect.stringMatching(/user 54321, got root$/),
    });
    expect(refused.hint).toContain("run Driftward as root");
  });

  testAsRoot("is told from one that cannot be written", async () => {
    const refused = await saidBy(startMember({ dataDirectory: await makeFolder() }, stranger), "failed");
    expect(refused).toMatchObject({
      code: "StateUnavailable",
      message: expect.stringContaining("expected to write in"),
    });
  });
});

describe("where the socket is", () => {
  const long = "a-folder-with-a-long-name-".repeat(4);

  test("under the temporary folder where the data folder's path is too long, and private there", async () => {
    const { connection } = await open(join(await makeFolder(), long));
    expect(connection.host).not.toContain(long);
    expect(connection.host.length).toBeLessThan(90);
    expect((await stat(connection.host)).mode & 0o777).toBe(0o700);
    expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
    await rm(connection.host, { recursive: true, force: true });
  });

  test("on loopback with a password where no folder will do, on the same port after a kill", async () => {
    const dataDirectory = join(await makeFolder(), long);
    const temporary = join(await makeFolder(0o777), long);
    await mkdir(temporary);
    const member = startMember({ dataDirectory, temporary });
    const { connection } = await saidBy(member, "up");
    expect(connection.host).toBe("127.0.0.1");
    expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
    await expect(query({ ...connection, password: "guess" }, "select 1")).rejects.toThrow(
      "password authentication failed",
    );
    member.signal("SIGTERM");
    await member.line("left");
  });

  testAsRoot("not in a folder that somebody else put in its place", async () => {
    const dataDirectory = join(await makeFolder(), long);
    const first = await open(dataDirectory);
    const planned = first.connection.host;
    await first.release();
    await rm(planned, { recursive: true });
    const theirs = await makeFolder(0o777, stranger);
    await symlink(theirs, planned);
    try {
      const { connection } = await open(dataDirectory);
      expect(connection.host).toBe("127.0.0.1");
      expect(await readdir(theirs)).toEqual([]);
    } finally {
      await rm(planned);
    }
  });
});

testAsRoot("what nobody can write cannot send root elsewhere: the pointer is root's", async () => {
  const dataDirectory = await makeFolder();
  const { dataFolder } = await open(dataDirectory);
  for (let at = dirname(dataFolder); at !== dirname(dataDirectory); at = dirname(at))
    expect(await stat(at)).toMatchObject({ uid: 0 });
  const { uid, mode } = await stat(join(dataDirectory, "postgres", "place.json"));
  expect({ uid, mode: mode & 0o077 }).toEqual({ uid: 0, mode: 0 });
});
