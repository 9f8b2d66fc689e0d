import { expect, test } from "@jest/globals";
import { lastWords } from "../../../src/adapters/embedded-postgres/last-words.ts";

test("of a server that cannot start: why, once, however often it was tried", () => {
  const attempt = (pid: number) => [
    `2026-11-24 16:38:36.228 UTC [${pid}] LOG:  starting PostgreSQL 18.4 on x86_64-pc-linux-gnu`,
    `2026-11-24 16:38:36.229 UTC [${pid}] LOG:  listening on Unix socket "/tmp/a/socket/.s.PGSQL.5432"`,
    `2026-11-24 16:38:36.230 UTC [${pid}] LOG:  database system was shut down at 2026-11-24 16:37:55 UTC`,
    `2026-11-24 16:38:36.232 UTC [${pid}] FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device`,
    `2026-11-24 16:38:36.233 UTC [${pid}] LOG:  startup process (PID 7) exited with exit code 1`,
    `2026-11-24 16:38:36.234 UTC [${pid}] LOG:  terminating any other active server processes`,
    `2026-11-24 16:38:36.235 UTC [${pid}] LOG:  shutting down due to startup process failure`,
    `2026-11-24 16:38:36.236 UTC [${pid}] LOG:  database system is shut down`,
  ];
  expect(lastWords([1, 2, 3].flatMap(attempt).join("\n"))).toBe(
    'FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device',
  );
});

test("of initdb: the error out of all that it tells of its steps", () => {
  const output = `The files belonging to this database system will be owned by user "nobody".
creating configuration files ... ok
running bootstrap script ... 2026-11-24 16:37:48.668 UTC [22514] FATAL:  could not extend file "base/1/2602_fsm": No space left on device
2026-11-24 16:37:48.668 UTC [22514] HINT:  Check free disk space.
Aborted
child process exited with exit code 134
initdb: removing contents of data directory "/tmp/a"
`;
  expect(lastWords(output)).toBe(
    'FATAL:  could not extend file "base/1/2602_fsm": No space left on device\nHINT:  Check free disk space.',
  );
});

test("where nothing is known to tell why: the end as it is", () => {
  expect(lastWords("postgres: error while loading shared libraries: libicuuc.so.60\n")).toBe(
    "postgres: error while loading shared libraries: libicuuc.so.60",
  );
  expect(lastWords("1\n2\n3\n4\n5\n")).toBe("2\n3\n4\n5");
});

test("of a server that fails while it is used: its own error and hint, not what it tells each session", () => {
  const at = "2026-11-24 16:38:36.228 UTC [7] ";
  const lines = [
    "PANIC:  could not write to file: No space left on device",
    "HINT:  Check free disk space.",
    ...["WARNING:  terminating connection because of crash of another server process"],
    ...[
      "DETAIL:  The postmaster has commanded this server process to roll back.",
      "HINT:  In a moment you can reconnect.",
    ],
    "LOG:  invalid record length",
    "LOG:  could not open file",
    "LOG:  could not close file",
  ];
  expect(lastWords(lines.map((line) => `${at}${line}`).join("\n"))).toBe(
    "PANIC:  could not write to file: No space left on device\nHINT:  Check free disk space.",
  );
});

test("of settings that are wrong: which, besides that there are some", () => {
  const at = "2026-11-24 16:38:36.228 UTC [7] ";
  const lines = [
    'LOG:  unrecognized configuration parameter "no_such_setting" in file "postgresql.auto.conf" line 1',
    'FATAL:  configuration file "postgresql.auto.conf" contains errors',
  ];
  expect(lastWords(lines.map((line) => `${at}${line}`).join("\n"))).toBe(lines.join("\n"));
});
