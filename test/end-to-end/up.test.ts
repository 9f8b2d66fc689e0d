import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { pause, waitFor } from "../support/wait-for.ts";
import { lookInside } from "./insides.ts";
import { killRunning, makeFolder, type Program, processesOf, runJson, runProgram, startProgram } from "./program.ts";
import { liveRows, setUpProject } from "./small-model.ts";

interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly mail: ParsedMail;
}

const folder = makeFolder("up");
const here = { cwd: folder.path };
const letters: Letter[] = [];
const programs: Program[] = [];
let port = 0;
let smtp: SMTPServer | undefined;

/** A real SMTP server that keeps what it is sent. */
async function startSmtp(): Promise<SMTPServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onData(stream, session, done) {
      simpleParser(stream).then((mail) => {
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({ from: mailFrom ? mailFrom.address : "", to: rcptTo.map(({ address }) => address), mail });
        done();
      }, done);
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: free } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return free;
}

function up(): Program {
  const program = startProgram(["up"], here);
  programs.push(program);
  return program;
}

const logged = (text: string) => readFileSync(join(folder.path, "driftward.log"), "utf8").includes(text);

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * A check by hand looks at the last minute of the last hour, where no live rows may be: those reach from half a minute
 * back to five minutes ahead.
 */
async function untilHourHasRoom(): Promise<void> {
  const intoHour = (Date.now() - minuteMs) % hourMs;
  if (hourMs - intoHour < 7 * minuteMs) await pause(hourMs - intoHour);
}

beforeAll(async () => {
  await untilHourHasRoom();
  port = await findPort();
  const mail = { smtp: `smtp://127.0.0.1:${port}`, from: "Driftward <driftward@example.com>" };
  setUpProject(folder.path, { mail });
}, 480_000);

afterAll(async () => {
  await killRunning();
  if (smtp !== undefined) await new Promise<void>((resolve) => smtp?.close(() => resolve()));
  folder.remove();
});

test("a model of one's own is set up by four commands", async () => {
  expect(await runProgram(["validate"], here)).toMatchObject({ code: 0 });
  const { champion, metrics } = await runJson(["baseline", "orders", "1", "holdout.csv"], here);
  expect(champion).toBe(true);
  expect(metrics).toMatchObject({ mae: { value: 1.2 } });
  // Rows of the hour's last minute for the check by hand, and of the minutes to come for those on schedule.
  const hour = Math.floor(Date.now() / hourMs) * hourMs;
  // A check by hand takes the last whole hour, which may be the next one by then.
  const [now, next] = [hour, hour + hourMs].map((end) => liveRows(600, new Date(end - 60_000), 100, 0).split("\n"));
  writeFileSync(join(folder.path, "past.csv"), [...(now ?? []), ...(next ?? []).slice(1)].join("\n"));
  writeFileSync(join(folder.path, "live.csv"), liveRows(6_000, new Date(Date.now() - 30_000), 50, 60));
  expect(await runJson(["ingest", "orders", "past.csv"], here)).toMatchObject({ accepted: 1_200, refused: 0 });
  expect(await runJson(["ingest", "orders", "live.csv"], here)).toMatchObject({ accepted: 6_000, refused: 0 });
  expect(await runJson(["ingest", "orders", "live.csv"], here)).toMatchObject({ already: true, accepted: 6_000 });
}, 120_000);

test("doctor says that the mail server is away, and what to do", async () => {
  const { code, stdout } = await runProgram(["doctor", "--json"], here);
  const { diagnoses } = JSON.parse(stdout) as { diagnoses: { name: string; works: boolean; remedy?: string }[] };
  expect(code).toBe(4);
  expect(diagnoses.filter(({ works }) => !works)).toEqual([
    expect.objectContaining({ name: "mail", remedy: expect.stringContaining("mail.smtp") }),
  ]);
}, 60_000);

test("two processes on one folder watch it; a mail server that is away delays the incident's mail", async () => {
  const [first, second] = [up(), up()];
  for (const program of [first, second])
    await waitFor("both to watch", () => program.stdout().includes("watching 1 model") || program.isOver(), 60_000);
  expect([first.isOver(), second.isOver()]).toEqual([false, false]);
  await waitFor("when its next check is", () => /orders: next check 20\d\d-/.test(first.stdout()), 60_000);
  await waitFor(
    "a mail that could not be sent",
    () => logged("sending mail to orders-team@example.com failed"),
    150_000,
  );
  const { models } = (await runJson(["status", "orders"], here)) as { models: [{ openIncidents: unknown[] }] };
  expect(models[0].openIncidents).toEqual([
    expect.objectContaining({ rule: "inputs drifted", state: "firing", severity: "warning" }),
  ]);
  await waitFor("the incident to be told", () => /orders: INC-1 inputs drifted firing/.test(first.stdout()), 60_000);
  expect(letters).toEqual([]);
}, 240_000);

test("SIGTERM ends one process well; the other goes on and delivers the mail once", async () => {
  const [first, second] = programs;
  first?.process.kill("SIGTERM");
  expect(await first?.ended).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/stopping/) });
  smtp = await startSmtp();
  await waitFor("the mail", () => letters.length > 0, 90_000);
  expect(second?.isOver()).toBe(false);
  const [{ from, to, mail } = { from: "", to: [], mail: undefined }] = letters;
  expect({ from, to }).toEqual({ from: "driftward@example.com", to: ["orders-team@example.com"] });
  expect(mail?.subject).toBe("[Driftward] orders: inputs drifted (INC-1)");
  expect(mail?.messageId).toMatch(/^<incident-1\.opened\.1@[0-9a-f-]{36}>$/);
  expect(mail?.text).toMatch(/amount/);
  expect(mail?.text).toMatch(/drift\.share >= 0\.5/);
  expect(mail?.html).toMatch(/<html/);
}, 150_000);

test("commands work beside it: status, a check by hand with its exit code, mail, doctor", async () => {
  const shown = await runProgram(["status"], here);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(shown.stdout).toMatch(/orders .* INC-1 inputs drifted .* policies\/orders\.yaml/);
  const past = await runJson(["check", "orders", "--fail-on", "warning"], here);
  expect(past).toMatchObject({ schema: "driftward/check/v1", verdict: "ok", window: { rows: 600 } });
  expect(await runProgram(["mail"], here)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/No mail has been kept/),
  });
  expect(await runProgram(["doctor"], here)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/the SMTP server answers/),
  });
}, 60_000);

test("the last to leave stops PostgreSQL, with an intact trail and nothing half done", async () => {
  const [, second] = programs;
  second?.process.kill("SIGTERM");
  expect(await second?.ended).toMatchObject({ code: 0, stderr: "" });
  expect(processesOf(folder.path)).toEqual([]);
  expect(letters).toHaveLength(1);
  const insides = await lookInside(join(folder.path, "data"));
  expect(insides).toMatchObject({ auditTrail: { intact: true }, sent: [letters[0]?.mail.messageId] });
  expect(insides.logged).toEqual({ rows: 7_200, ids: 7_200, strays: 0 });
}, 60_000);
