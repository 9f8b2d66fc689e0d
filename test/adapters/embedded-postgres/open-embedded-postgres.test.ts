import { spawn } from "node:child_process";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/** Has a cluster from the first test on, under a name that has to be quoted and encoded everywhere. */
let dataDirectory: string;

beforeAll(async () => {
  dataDirectory = join(await makeFolder(), "da ta, 'ü' %41");
});
afterEach(stopAll);
afterAll(removeFolders);

const settings = `select current_setting('server_version_num')::int / 10000 as major, current_setting('fsync') as fsync,
  current_setting('max_connections') as connections, current_setting('listen_addresses') as listen,
  current_setting('data_checksums') as checksums, current_setting('timezone') as zone, pg_encoding_to_char(encoding) as encoding,
  datlocprovider as provider, datlocale as locale from pg_database where datname = current_database()`;

describe("openEmbeddedPostgres", () => {
  test("makes a cluster, stops it in good order and finds its rows again", async () => {
    const first = await open(dataDirectory);
    expect(await query(first.connection, settings)).toEqual([
      {
        major: 18,
        fsync: "on",
        connections: "200",
        listen: "",
        checksums: "on",
        zone: "UTC",
        encoding: "UTF8",
        provider: "b",
        locale: "C.UTF-8",
      },
    ]);
    await query(first.connection, "create table words as select 'ü' as word");
    await first.release();
    await first.release();
    expect(await serverPid(first.dataFolder)).toBeUndefined();
    const second = await open(dataDirectory);
    expect(second).toMatchObject({ connection: first.connection, dataFolder: first.dataFolder });
    expect(await query(second.connection, "select word, upper(word) as upper from words")).toEqual([
      { word: "ü", upper: "Ü" },
    ]);
    expect(await readFile(join(dirname(second.dataFolder), "..", "server.log"), "utf8")).not.toContain(
      "not properly shut down",
    );
  });

  test("the socket's folder is private, and a url says where it is", async () => {
    const { connection, url } = await open(dataDirectory);
    expect((await stat(connection.host)).mode & 0o777).toBe(0o700);
    expect(new URL(url).searchParams.get("host")).toBe(connection.host);
    expect(url).not.toContain(connection.password);
    expect(await query({ connectionString: url }, "select current_user as name")).toEqual([{ name: "driftward" }]);
  });

  testAsRoot("as root the server is nobody's, and its data too", async () => {
    const { dataFolder } = await open(dataDirectory);
    const pid = await serverPid(dataFolder);
    expect((await stat(`/proc/${pid}`)).uid).toBe(65_534);
    const { uid, mode } = await stat(dataFolder);
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: 65_534, mode: 0o700 });
    expect((await stat(join(dataFolder, "..", "password"))).mode & 0o077).toBe(0);
  });

  const ordinary = [
    ["with an account", { uid: 2, gid: 2 }],
    ["who is a bare number", stranger],
  ] as const;
  for (const [name, user] of ordinary) testAsRoot(`an ordinary user ${name} runs it himself`, () => runAs(user));

  async function runAs(user: { readonly uid: number; readonly gid: number }): Promise<void> {
    const member = startMember({ dataDirectory: await makeFolder(0o700, user) }, user);
    const { connection, dataFolder } = await saidBy(member, "up");
    expect((await stat(dataFolder)).uid).toBe(user.uid);
    expect((await stat(`/proc/${await serverPid(dataFolder)}`)).uid).toBe(user.uid);
    expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
    member.signal("SIGTERM");
    await member.line("left");
    expect(await serverPid(dataFolder)).toBeUndefined();
  }
});

describe("several processes", () => {
  test("three that come first at once make one cluster, and the last to leave stops it", async () => {
    const fresh = await makeFolder();
    const members = [1, 2, 3].map(() => startMember({ dataDirectory: fresh }));
    const said = await Promise.all(members.map((member) => saidBy(member, "up")));
    const [{ connection, dataFolder } = { connection: {}, dataFolder: "" }] = said;
    for (const each of said) expect(each).toEqual(said[0]);
    const kept = (await readdir(join(fresh, "postgres"))).filter((name) => name.startsWith("making-"));
    expect(kept).toEqual([]);
    const pid = await serverPid(dataFolder);
    for (const member of members) {
      expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
      expect(await serverPid(dataFolder)).toBe(pid);
      member.signal("SIGTERM");
      await member.line("left");
    }
    expect(await serverPid(dataFolder)).toBeUndefined();
  });

  test("a server outlives users who are killed, and is found and stopped by the next", async () => {
    const member = startMember({ dataDirectory });
    const { dataFolder } = await saidBy(member, "up");
    const pid = await serverPid(dataFolder);
    // Ctrl-C reaches a terminal's foreground group: the server has a group and a session of its own.
    const [, , group, session] = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").split(" ");
    expect([group, session]).toEqual([String(pid), String(pid)]);
    await member.kill();
    const server = await open(dataDirectory);
    expect(await serverPid(dataFolder)).toBe(pid);
    await server.release();
    expect(await serverPid(dataFolder)).toBeUndefined();
  });

  test("who comes while the server shuts down for long has all the time to start the next one", async () => {
    const member = startMember({ dataDirectory });
    const { dataFolder } = await saidBy(member, "up");
    const pid = await serverPid(dataFolder);
    // Takes nobody in any more, and waits for the member's session.
    process.kill(pid ?? Number.NaN, "SIGTERM");
    const coming = open(dataDirectory, { startWithinMs: 5_000 });
    await Promise.race([coming, sleep(6_000)]);
    await member.kill();
    await coming;
    expect(await serverPid(dataFolder)).not.toBe(pid);
  }, 30_000);

  test("some come while others leave, over and over", async () => {
    const comeAndGo = async (pauseMs: number) => {
      for (let round = 0; round < 6; round += 1) {
        const server = await open(dataDirectory);
        expect(await query(server.connection, "select 1 as one")).toEqual([{ one: 1 }]);
        await server.release();
        await sleep(pauseMs);
      }
    };
    await Promise.all([comeAndGo(0), comeAndGo(20), comeAndGo(70)]);
  });
});

describe("a server that was killed with -9", () => {
  test("while it is used: it is started again, on the same address, with all that was committed", async () => {
    const { connection, dataFolder } = await open(dataDirectory);
    await query(connection, "create table kept as select 1 as n");
    const busy = query(connection, "insert into kept select 2; select pg_sleep(30)").catch(() => "broken");
    await sleep(100);
    const pid = (await serverPid(dataFolder)) ?? 0;
    process.kill(pid, "SIGKILL");
    expect(await busy).toBe("broken");
    const isBack = async () => {
      const rows = await query(connection, "select sum(n)::int as sum from kept").catch(() => []);
      return rows[0]?.sum === 1;
    };
    await waitFor("the server is back", isBack, 60_000);
    expect(await serverPid(dataFolder)).not.toBe(pid);
  });

  test("together with its users: the next to come starts it", async () => {
    const member = startMember({ dataDirectory });
    const { connection, dataFolder } = await saidBy(member, "up");
    const busy = query(connection, "select pg_sleep(30)").catch(() => "broken");
    await sleep(100);
    const pid = (await serverPid(dataFolder)) ?? 0;
    await member.kill();
    process.kill(pid, "SIGKILL");
    const server = await open(dataDirectory);
    expect(await query(server.connection, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(await busy).toBe("broken");
  });

  testAsRoot("a lock file whose number another program has now is no server", async () => {
    const first = await open(dataDirectory);
    const lock = join(first.dataFolder, "postmaster.pid");
    const text = await readFile(lock, "utf8");
    await first.release();
    const other = spawn("sleep", ["60"], { uid: 65_534, gid: 65_534, cwd: "/" });
    await writeFile(lock, text.replace(/^\d+/, String(other.pid)));
    const second = await open(dataDirectory);
    expect(await query(second.connection, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(await serverPid(first.dataFolder)).not.toBe(other.pid);
    other.kill();
  });
});
