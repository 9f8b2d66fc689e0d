import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { waitFor } from "../../support/wait-for.ts";
import {
  makeFolder,
  open,
  query,
  removeFolders,
  saidBy,
  serverPid,
  startMember,
  stopAll,
  stranger,
  testAsRoot,
} from "./servers.ts";

afterEach(stopAll);
afterAll(removeFolders);

describe("where nobody cannot reach the data folder", () => {
  let dataDirectory: string;
  let sharedFolder: string;
  beforeAll(async () => {
    dataDirectory = await makeFolder(0o700);
    sharedFolder = join(await makeFolder(), "shared");
  });
  const openBoth = () => open(dataDirectory, { sharedFolder });

  testAsRoot(
    "three that come first at once agree on one place in the shared folder, and a pointer names it",
    async () => {
      const servers = await Promise.all([openBoth(), openBoth(), openBoth()]);
      const [{ dataFolder }] = servers;
      expect(new Set(servers.map((each) => each.dataFolder)).size).toBe(1);
      expect(await readdir(sharedFolder)).toHaveLength(1);
      const pointer = JSON.parse(await readFile(join(dataDirectory, "postgres", "place.json"), "utf8"));
      expect(pointer).toEqual({
        elsewhere: dirname(dirname(dataFolder)),
        systemIdentifier: expect.stringMatching(/^\d+$/),
      });
      expect(dirname(pointer.elsewhere)).toBe(sharedFolder);
    },
  );

  testAsRoot("rows are found again, also when the data folder became reachable meanwhile", async () => {
    const first = await openBoth();
    await query(first.connection, "create table kept as select 1 as n");
    await first.release();
    await chmod(dataDirectory, 0o755);
    expect(await query((await openBoth()).connection, "select n from kept")).toEqual([{ n: 1 }]);
  });

  testAsRoot("a pointer without its cluster is an error, and nothing is made anew", async () => {
    const first = await openBoth();
    const { dataFolder } = first;
    await first.release();
    const home = dirname(dirname(dataFolder));
    await rename(home, `${home}-lost`);
    const message = expect.stringMatching(/^expected cluster \d+ in .*, got no such folder$/);
    await expect(openBoth()).rejects.toMatchObject({ code: "StateUnavailable", message });
    expect(await readdir(sharedFolder)).toHaveLength(1);
    await rename(`${home}-lost`, home);
    expect((await openBoth()).dataFolder).toBe(dataFolder);
  });

  testAsRoot("a shared folder that is private itself is an error that says so", async () => {
    const opening = open(await makeFolder(0o700), { sharedFolder: await makeFolder(0o700) });
    await expect(opening).rejects.toMatchObject({
      code: "StateUnavailable",
      message: expect.stringContaining("private"),
    });
  });
});

describe("a folder that is somebody else's", () => {
  testAsRoot("is refused to root, by the owner's number", async () => {
    const dataDirectory = await makeFolder();
    await mkdir(join(dataDirectory, "postgres"));
    await chown(join(dataDirectory, "postgres"), stranger.uid, stranger.gid);
    const message = expect.stringMatching(/to belong to root, got user 54321$/);
    await expect(open(dataDirectory)).rejects.toMatchObject({ code: "StateUnavailable", message });
  });

  testAsRoot("is refused to others, by the owner's name", async () => {
    const dataDirectory = await makeFolder(0o777);
    await mkdir(join(dataDirectory, "postgres"));
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

test.each(['a"b', "a$(touch x)", "a`b`", "a\\b", "a\nb"])(
  "a path that a shell would obey is refused: %j",
  async (name) => {
    const opening = open(join(await makeFolder(), name));
    await expect(opening).rejects.toMatchObject({
      code: "InvalidConfig",
      hint: expect.stringContaining("DATABASE_URL"),
    });
  },
);

describe("where the socket is", () => {
  const long = "a-folder-with-a-long-name-".repeat(4);
  let dataDirectory: string;
  let planned: string;
  beforeAll(async () => {
    dataDirectory = join(await makeFolder(), long);
  });
  afterAll(() => rm(planned, { recursive: true, force: true }));

  test("under the temporary folder where the data folder's path is too long, and private there", async () => {
    const { connection, dataFolder } = await open(dataDirectory);
    planned = connection.host;
    expect(planned).not.toContain(long);
    expect(planned.length).toBeLessThan(90);
    expect((await stat(planned)).mode & 0o777).toBe(0o700);
    expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(dataFolder).toContain(long);
  });

  test("on loopback with a password where no folder will do, on the same port after a kill", async () => {
    const temporary = join(await makeFolder(0o777), long);
    await mkdir(temporary);
    const member = startMember({ dataDirectory, temporary });
    const { connection, dataFolder } = await saidBy(member, "up");
    expect(connection.host).toBe("127.0.0.1");
    await expect(query({ ...connection, password: "guess" }, "select 1")).rejects.toThrow(
      "password authentication failed",
    );
    process.kill((await serverPid(dataFolder)) ?? 0, "SIGKILL");
    const isBack = async () => (await query(connection, "select 1 as one").catch(() => []))[0]?.one === 1;
    await waitFor("the server is back on its port", isBack);
    member.signal("SIGTERM");
    await member.line("left");
  });

  testAsRoot("not in a folder that somebody else put in its place", async () => {
    await rm(planned, { recursive: true });
    const theirs = await makeFolder(0o777, stranger);
    await symlink(theirs, planned);
    const { connection } = await open(dataDirectory);
    expect(connection.host).toBe("127.0.0.1");
    expect(await readdir(theirs)).toEqual([]);
  });

  testAsRoot("all but the data and the socket is root's, so that nobody cannot send root elsewhere", async () => {
    const { dataFolder } = await open(dataDirectory);
    for (let at = dirname(dataFolder); at !== dirname(dataDirectory); at = dirname(at))
      expect(await stat(at)).toMatchObject({ uid: 0 });
    for (const path of [join(dataDirectory, "postgres", "place.json"), join(dirname(dataFolder), "password")]) {
      const { uid, mode } = await stat(path);
      expect({ uid, mode: mode & 0o077 }).toEqual({ uid: 0, mode: 0 });
    }
    expect((await stat(dataFolder)).uid).not.toBe(0);
  });
});
